"""What a stage of a sales pipeline says of a prospect: won, lost or still open."""

import re
import unicodedata
from functools import cache
from typing import Literal

Meaning = Literal["won", "lost", "open"]

# In English, German, French, Spanish, Italian, Dutch and Portuguese; without accents.
PLAIN_NO = frozenset(
    ("no", "n", "false", "f", "0", "nein", "falsch", "non", "faux", "falso", "nee", "nao")
)
_PLAIN_YES = "yes|y|true|t|1|ja|wahr|oui|vrai|si|verdadero|vero|sim"
_WON_WHOLE = "success|accepted|subscribed|responded|customer|kunde|client|cliente|klant|paid|signed"
_LOST_WHOLE = "failure|unsubscribed"
_OPEN_WHOLE = (
    "open|pending|new|active|working|offen|neu|aktiv|ouvert|nouveau|actif|abierto|nuevo|activo"
    "|aperto|nuovo|attivo|nieuw|actief|aberto|novo|ativo"
)
_WHOLE: dict[str, Meaning] = {
    **dict.fromkeys(f"{_PLAIN_YES}|{_WON_WHOLE}".split("|"), "won"),
    **dict.fromkeys([*PLAIN_NO, *_LOST_WHOLE.split("|")], "lost"),
    **dict.fromkeys(_OPEN_WHOLE.split("|"), "open"),
}
_OPEN_FIRST = (
    r"^(open|working|offen|ouvert|abiert\w*|apert\w*|abert\w*|in progress|in bearbeitung|en cours"
    r"|en curso|in corso|em andamento|in behandeling)\b|\bbought in\b|\bto (be )?(signed|won|buy)\b"
    r"|\b(not|un|nicht|pas|non|no|niet|nao) ?(yet )?(contacted|kontaktiert|contacte|contactad[oa]"
    r"|contattat[oa]|benaderd|contatad[oa])\b|\b(awaiting|waiting|pre|potential|prospective)\b"
)
_NEGATED = (
    r"convert\w*|qualifi\w*|won|sold|bought|eligible|relevant|reachable|a fit"
    r"|gewonnen|gekauft|verkauft|interessiert|konvertiert|qualifiziert|geeignet"
    r"|interes\w*|converti\w*|gagne\w*|vendu\w*|achete\w*|ganad[oa]|vendid[oa]|comprad[oa]"
    r"|calificad[oa]|cualificad[oa]|convertid[oa]|vint[oa]|vendut[oa]|acquistat[oa]|geinteresseerd"
    r"|gekwalificeerd|gewonnen|verkocht|ganh[oa]|qualificad[oa]|geconverteerd"
)
_LOST = (
    r"\b(lost|lose|unqualified|disqualified|rejected|declined|refused|dead|junk|spam|abandon\w*"
    r"|cancel\w*|churned|withdrawn|(no|never) (sale|deal|interest|budget|response)|fail\w*"
    r"|verloren|abgelehnt|abgesagt|abgebrochen|disqualifiziert|kein(e)? (interesse|bedarf|budget)"
    r"|storniert|gescheitert|perdu\w*|refus\w*|sans suite|annul\w*|disqualifi\w*|perdid[oa]s?"
    r"|rechazad[oa]|descartad[oa]|fracasad[oa]|pers[oa]|rifiutat[oa]|scartat[oa]|afgewezen"
    r"|geen interesse|mislukt|recusad[oa]|rejeitad[oa]|cancelad[oa])\b"
    rf"|\b(not|nicht|kein|pas|non|no|niet|nao) ({_NEGATED})\b"
)
_WON = (
    r"\b(won|win|converted|sold|bought|purchased|(contract|deal|order) (signed|won|received)"
    r"|(invoice|deposit) paid|gewonnen|gekauft|verkauft|konvertiert|erfolgreich"
    r"|(vertrag|auftrag) (unterschrieben|unterzeichnet|erhalten|erteilt)|gagne\w*|vendu\w*"
    r"|achete\w*|converti[es]*|signe\w*|conclu\w*|ganad[oa]s?|vendid[oa]s?|comprad[oa]s?|firmad[oa]"
    r"|convertid[oa]s?|vint[oa]|vendut[oa]|acquistat[oa]|convertit[oa]|firmat[oa]|conclus[oa]"
    r"|verkocht|gekocht|getekend|geconverteerd|ganh[oa]s?|assinad[oa])\b"
)
_OPEN = (
    r"\b(new|pending|contact\w*|attempt\w*|qualif\w*|propos\w*|quot\w*|negotiat\w*|demo\w*"
    r"|present\w*|meeting\w*|appointment|schedul\w*|sent|follow\w*|nurtur\w*|prospect\w*|analys\w*"
    r"|decision\w*|discovery|active|warm|cold|hot|hold|evaluat\w*|trial|connected|progress|stage"
    r"|verbal|review|lead|engaged|neu\w*|angebot\w*|verhandlung\w*|termin\w*|kontakt\w*|qualifizier\w*"
    r"|interessent\w*|wiedervorlage|erstgesprach|bearbeitung|nouveau\w*|devis|negociation"
    r"|rendez vous|rdv|relance\w*|contacte\w*|nuev[oa]|calificad[oa]|cualificad[oa]|propuesta"
    r"|presupuesto|negociacion|reunion|contactad[oa]|pendiente|nuov[oa]|qualificat[oa]|proposta"
    r"|preventivo|trattativa|negoziazione|appuntamento|contattat[oa]|attesa|nieuw|gekwalificeerd"
    r"|voorstel|offerte|onderhandeling|afspraak|benaderd|lopend|nov[oa]|qualificad[oa]|orcamento"
    r"|negociacao|reuniao|contatad[oa]|pendente|andamento)\b"
)
_IN_ORDER: tuple[tuple[Meaning, "re.Pattern[str]"], ...] = (
    ("open", re.compile(_OPEN_FIRST)),
    ("lost", re.compile(_LOST)),
    ("won", re.compile(_WON)),
    ("open", re.compile(_OPEN)),
)


def folded(value: str) -> str:
    """A value without differences of case, blanks and underscores."""
    return re.sub(r"[\s_]+", " ", str(value)).strip().casefold()


@cache
def meaning_of(value: str) -> Meaning | None:
    """What a value is taken for by the words in it; None where they don't tell."""
    plain = unicodedata.normalize("NFKD", folded(value))
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    if plain in _WHOLE:
        return _WHOLE[plain]
    # A number in front orders the stages: "3. Angebot".
    words = " ".join(re.sub(r"^\d+(?=\D)", "", re.sub(r"[^a-z0-9]+", " ", plain).strip()).split())
    if words in _WHOLE:
        return _WHOLE[words]
    return next((meaning for meaning, words_of in _IN_ORDER if words_of.search(words)), None)


def names_outcome(value: str) -> Meaning | None:
    """As `meaning_of`, but a plain yes or no names nothing."""
    plain = folded(value) in PLAIN_NO or folded(value) in _PLAIN_YES.split("|")
    return None if plain else meaning_of(value)

"""The few words that a renderer adds itself, in the report's language.

They equal Quarto's own, so that both renderers print the same.
"""

from collections.abc import Mapping

_NAMES = (
    "fig", "tbl", "sec", "toc", "footnotes",
    "note", "tip", "important", "warning", "caution", "skip", "dark",
)  # fmt: skip

_WORDS = {
    "en": "Figure|Table|Section|Contents|Footnotes|Note|Tip|Important|Warning|Caution"
    "|Skip to content|Dark mode",
    "de": "Abbildung|Tabelle|Kapitel|Inhaltsverzeichnis|Fußnoten|Hinweis|Tipp|Wichtig|Warnung"
    "|Vorsicht|Zum Inhalt springen|Dunkler Modus",
    "fr": "Figure|Table|Section|Table des matières|Notes de bas de page|Note|Astuce|Important"
    "|Avertissement|Mise en garde|Aller au contenu|Mode sombre",
    "es": "Figura|Tabla|Sección|Tabla de contenidos|Notas|Nota|Tip|Importante|Advertencia"
    "|Precaución|Ir al contenido|Modo oscuro",
    "it": "Figura|Tabella|Sezione|Indice|Note|Nota|Consiglio|Importante|Avviso|Attenzione"
    "|Vai al contenuto|Modalità scura",
    "nl": "Figuur|Tabel|Paragraaf|Inhoudsopgave|Voetnoten|Opmerking|Tip|Belangrijk"
    "|Waarschuwing|Opgelet|Naar de inhoud|Donkere modus",
    "pt": "Figura|Tabela|Seção|Índice|Notas de rodapé|Nota|Dica|Importante|Aviso|Cuidado"
    "|Ir para o conteúdo|Modo escuro",
}


def labels(lang: str) -> Mapping[str, str]:
    """Words by name for a language tag such as ``de-AT``; English where the language is new."""
    words = _WORDS.get(lang.replace("_", "-").split("-")[0].lower(), _WORDS["en"])
    return dict(zip(_NAMES, words.split("|"), strict=True))

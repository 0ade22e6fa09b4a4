"""The few words that a renderer adds itself, in the report's language.

They equal Quarto's own, so that both renderers print the same.
"""

from collections.abc import Mapping

_NAMES = (
    "fig", "tbl", "sec", "toc", "charts", "footnotes",
    "note", "tip", "important", "warning", "caution",
    "skip", "dark", "light", "copy", "copied", "scroll",
)  # fmt: skip

_WORDS = {
    "en": "Figure|Table|Section|Contents|Figures|Footnotes|Note|Tip|Important|Warning|Caution"
    "|Skip to content|Dark mode|Light mode|Copy table|Copied|Scroll sideways for all columns",
    "de": "Abbildung|Tabelle|Kapitel|Inhaltsverzeichnis|Abbildungen|Fußnoten|Hinweis|Tipp|Wichtig"
    "|Warnung|Vorsicht|Zum Inhalt springen|Dunkler Modus|Heller Modus|Tabelle kopieren|Kopiert"
    "|Für alle Spalten seitwärts wischen",
    "fr": "Figure|Table|Section|Table des matières|Figures|Notes de bas de page|Note|Astuce"
    "|Important|Avertissement|Mise en garde|Aller au contenu|Mode sombre|Mode clair"
    "|Copier le tableau|Copié|Faire défiler pour voir toutes les colonnes",
    "es": "Figura|Tabla|Sección|Tabla de contenidos|Figuras|Notas|Nota|Tip|Importante|Advertencia"
    "|Precaución|Ir al contenido|Modo oscuro|Modo claro|Copiar la tabla|Copiado"
    "|Deslice hacia un lado para ver todas las columnas",
    "it": "Figura|Tabella|Sezione|Indice|Figure|Note|Nota|Consiglio|Importante|Avviso|Attenzione"
    "|Vai al contenuto|Modalità scura|Modalità chiara|Copia la tabella|Copiato"
    "|Scorri di lato per vedere tutte le colonne",
    "nl": "Figuur|Tabel|Paragraaf|Inhoudsopgave|Figuren|Voetnoten|Opmerking|Tip|Belangrijk"
    "|Waarschuwing|Opgelet|Naar de inhoud|Donkere modus|Lichte modus|Tabel kopiëren"
    "|Gekopieerd|Schuif opzij voor alle kolommen",
    "pt": "Figura|Tabela|Seção|Índice|Figuras|Notas de rodapé|Nota|Dica|Importante|Aviso|Cuidado"
    "|Ir para o conteúdo|Modo escuro|Modo claro|Copiar a tabela|Copiado"
    "|Deslize para o lado para ver todas as colunas",
}


def labels(lang: str) -> Mapping[str, str]:
    """Words by name for a language tag such as ``de-AT``; English where the language is new."""
    words = _WORDS.get(lang.replace("_", "-").split("-")[0].lower(), _WORDS["en"])
    return dict(zip(_NAMES, words.split("|"), strict=True))


def interface(lang: str) -> Mapping[str, str]:
    """The words of a page's buttons and hints, by the names that its template has for them."""
    words = labels(lang)
    return {name: words[name] for name in ("skip", "dark", "light", "copy", "copied", "scroll")}

"""Columns that name people or say where they live, by their headers."""

from custanalytics.ledger.detect.column_names import meanings, plain

_PERSON = {
    "name", "first name", "last name", "full name", "surname", "forename", "family name", "contact",
    "contact name", "contact person", "vorname", "nachname", "familienname", "ansprechpartner",
    "nom", "prenom", "nom de famille", "nombre", "apellido", "apellidos", "phone", "phone number",
    "telephone", "mobile", "telefon", "telefonnummer", "telefono", "address", "street", "adresse",
    "strasse", "rue", "direccion", "calle", "postal address", "company", "firma",
}  # fmt: skip
_OWNERS = ("customer ", "client ", "buyer ", "billing ", "shipping ", "ship ", "kunden", "contact ")
_FEW_VALUES, _MANY_ROWS = 12, 100


def names_people(header: str, distinct: int, rows: int) -> bool:
    """Whether the cells below a header are people's, so many different ones in so many rows."""
    # A few values that come again and again are a category: "contact" with "by phone".
    if distinct <= _FEW_VALUES and rows >= _MANY_ROWS * distinct:
        return False
    name = plain(header)
    return name in _PERSON or name.startswith(_OWNERS) or "customer_id" in meanings(header)

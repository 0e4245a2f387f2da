"""What people call the columns of their tables of addresses, in English, Portuguese, Spanish, German and French.

Only what is surely no address (a telephone number, a note) is left out; a column of any other name is taken for a line of one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Literal, get_args

Kind = Literal[
    "honorific", "given", "middle", "family", "family 2", "suffix", "name",
    "street", "number", "line", "postcode", "city", "state", "country", "group",
    "apart",
]  # fmt: skip
NAME_PARTS: tuple[Kind, ...] = ("honorific", "given", "middle", "family", "family 2", "suffix")  # as they stand in a line

HEADINGS: Mapping[Kind, str] = {
    "honorific": "title, salutation, honorific, prefix, name prefix, tratamento, tratamiento, Anrede, Titel, civilité",
    "given": "first name, given name, forename, first, primeiro nome, nome próprio, prenome, nombre de pila, primer nombre, Vorname, "
    "prénom",
    "middle": "middle name, middle initial, nome do meio, segundo nombre, zweiter Vorname, deuxième prénom",
    "family": "last name, family name, surname, last, sobrenome, apelido, último nome, apellido, apellidos, primer apellido, Nachname, "
    "Familienname, Zuname, nom de famille",
    "family 2": "segundo apellido",
    "suffix": "suffix, name suffix",
    "name": "name, nome, nombre, nom",
    "street": "street, street name, street address, road, address, addr, rua, logradouro, endereço, morada, calle, vía, dirección, "
    "domicilio, Straße, Str., Adresse, Anschrift, rue, voie",
    "number": "number, no., house number, house no., street number, número, nº, núm., número exterior, número de porta, Hausnummer, "
    "Hausnr., Nr., numéro, numéro de rue",
    "line": "address line, line, full name, recipient, addressee, attention, attn, c/o, care of, organisation, "
    "organization, company, company name, institution, school, university, department, building, floor, flat, apartment, apt, unit, "
    "suite, PO box, district, county, neighbourhood, neighborhood, suburb, "
    "linha, linha de endereço, nome completo, destinatário, a/c, ao cuidado de, organização, empresa, instituição, "
    "escola, universidade, departamento, complemento, andar, apartamento, bloco, bairro, freguesia, concelho, caixa postal, apartado, "
    "línea, nombre completo, nombre y apellidos, destinatario, a la atención de, organización, institución, "
    "escuela, colegio, universidad, piso, puerta, departamento, barrio, colonia, delegación, apartado postal, "
    "Zeile, Adresszeile, Adresszusatz, Zusatz, Straße und Hausnummer, Straße Nr., Empfänger, z. Hd., Firma, "
    "Organisation, Einrichtung, Schule, Universität, Abteilung, Ortsteil, Postfach, "
    "ligne, ligne d'adresse, complément, complément d'adresse, nom complet, nom et prénom, destinataire, à l'attention de, société, "
    "entreprise, établissement, école, lycée, collège, université, service, bâtiment, étage, appartement, quartier, lieu-dit, "
    "boîte postale",
    "postcode": "zip, zip code, ZIP postal code, postcode, post code, postal code, CEP, código postal, CP, C.P., "
    "PLZ, Postleitzahl, code postal",
    "city": "city, town, city town, village, locality, municipality, cidade, localidade, município, ciudad, localidad, población, "
    "poblado, Ort, Stadt, Wohnort, Gemeinde, ville, commune, localité",
    "state": "state, province, state province, region, estado, UF, província, região, provincia, región, comunidad autónoma, "
    "Bundesland, Kanton, région, département, canton",
    "country": "country, country region, nation, país, Land, Staat, pays",
    "group": "class, classroom, grade, group, room, course, team, turma, classe, grupo, sala, curso, série, clase, grado, Klasse, "
    "Gruppe, Raum, Kurs, groupe, salle, cours",
    "apart": "email, e-mail, mail, email address, e-mail address, phone, phone number, telephone, telephone number, tel., mobile, "
    "mobile phone, cell, cell phone, fax, WhatsApp, website, URL, note, notes, comment, comments, remarks, id, identifier, timestamp, "
    "birthday, date of birth, age, gender, "
    "correio eletrónico, correio eletrônico, endereço de e-mail, telefone, celular, telemóvel, observação, observações, obs., nota, "
    "notas, comentário, comentários, carimbo de data/hora, data de nascimento, idade, sexo, CPF, NIF, "
    "correo, correo electrónico, dirección de correo electrónico, teléfono, móvil, teléfono móvil, comentario, comentarios, "
    "observaciones, marca temporal, fecha de nacimiento, edad, "
    "E-Mail-Adresse, Telefon, Telefonnummer, Handy, Mobil, Bemerkung, Bemerkungen, Kommentar, Notiz, Notizen, Zeitstempel, "
    "Geburtsdatum, Geburtstag, Alter, Geschlecht, "
    "courriel, adresse e-mail, adresse électronique, téléphone, portable, remarque, remarques, commentaire, commentaires, horodateur, "
    "date de naissance, âge, sexe",
}

# Headings after which a number may stand; “Rua 5” and “School 2” are addresses.
NUMBERED = (
    "address, address line, addr, line, street, street address, endereço, morada, linha, linha de endereço, dirección, línea, "
    "Adresse, Anschrift, Zeile, Adresszeile, Adresszusatz, ligne, ligne d'adresse, complément d'adresse"
)

_OF_SOME_ADDRESS = re.compile(r"(?:home|work|business|mailing|postal|shipping|billing|delivery|other|address [1-9]) (?=\w)")
_NUMBER = re.compile(r" ?[1-9](?: value| label| type)?$")  # Phone 1 - Value
_OR = re.compile(r"\s*(?:[/|,&+]| or | ou | o | oder | and | e | y | und | et )\s*")


def kind_of(heading: str) -> Kind | None:
    """What stands in a column of this name; None: it is not known.

    >>> kind_of("Address 2 (optional)"), kind_of("PLZ / Ort"), kind_of("12 Oak Street")
    ('street', 'line', None)
    """
    text = re.sub(r"\([^)]*\)", " ", heading)
    if found := _kind(text):
        return found
    parts = [_kind(part) for part in _OR.split(text.casefold())]
    if None in parts:
        return None
    return parts[0] if len(set(parts)) == 1 else "line"


def _kind(text: str) -> Kind | None:
    plain = _plain(text)
    for tried in (plain, _OF_SOME_ADDRESS.sub("", plain)):
        if found := _KNOWN.get(_closed(tried)):
            return found
    numbered = _closed(_NUMBER.sub("", plain))
    found = _KNOWN.get(numbered)
    return found if found == "apart" or numbered in _NUMBERED else None


def _plain(text: str) -> str:
    """Letters and digits in one case, without accents; one space between words: “PostalCode” is “postal code”."""
    words = re.sub(r"([a-z])([A-Z])", r"\1 \2", text)
    letters = unicodedata.normalize("NFKD", words.casefold().replace("ß", "ss").replace("°", "o"))
    return " ".join(re.findall(r"[^\W_]+", "".join(sign for sign in letters if not unicodedata.combining(sign))))


def _closed(plain: str) -> str:
    """Without spaces, for people write “first name” and “firstname”."""
    return plain.replace(" ", "")


_KNOWN: Mapping[str, Kind] = {_closed(_plain(heading)): kind for kind in get_args(Kind) for heading in HEADINGS[kind].split(", ")}
_NUMBERED = {_closed(_plain(heading)) for heading in NUMBERED.split(", ")}

"""What makes a PDF an archive file, PDF/A-3b (ISO 19005-3): it says what it is, what its colours mean, and what is attached to it.

Every date in it is the same one: a file has no clock.
"""

from __future__ import annotations

import hashlib
from html import escape

from imagestolive import pictures
from imagestolive.pdf.objects import Objects, text

SET_FILE = "set.json"
AUTHOR, PROGRAM = "Images to live with", "imagestolive"

_EPOCH, _EPOCH_XMP = "D:20000101000000+00'00'", "2000-01-01T00:00:00+00:00"
_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
<xmp:CreatorTool>{program}</xmp:CreatorTool>
<pdf:Producer>{program}</pdf:Producer>
<xmp:CreateDate>{date}</xmp:CreateDate>
<xmp:ModifyDate>{date}</xmp:ModifyDate>
<xmp:MetadataDate>{date}</xmp:MetadataDate>
<pdfaid:part>3</pdfaid:part>
<pdfaid:conformance>B</pdfaid:conformance>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""


def information(objects: Objects, *, title: str, subject: str) -> int:
    """The old kind of metadata, for viewers that read no other; it has to say the same as XMP."""
    return objects.write(
        f"<</Title{text(title)}/Author{text(AUTHOR)}/Subject{text(subject)}/Creator{text(PROGRAM)}/Producer{text(PROGRAM)}"
        f"/CreationDate({_EPOCH})/ModDate({_EPOCH})>>"
    )


def declared(objects: Objects, *, title: str, subject: str) -> str:
    """The entries of the catalogue by which a file is PDF/A: metadata, and that its RGB is sRGB."""
    facts = {"title": title, "author": AUTHOR, "subject": subject, "program": PROGRAM, "date": _EPOCH_XMP}
    xmp = _XMP.format(**{name: escape(fact) for name, fact in facts.items()})
    metadata = objects.stream("/Type/Metadata/Subtype/XML", xmp.encode(), packed=True)  # packed by nothing, so that any program can read it
    profile = objects.stream("/N 3", pictures.srgb_profile())
    intent = f"/Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB)/Info(sRGB)/DestOutputProfile {profile} 0 R"
    return f"/Metadata {metadata} 0 R/OutputIntents[<<{intent}>>]"


def attached(objects: Objects, set_file: bytes) -> str:
    """The entries of the catalogue that attach a set file as what the document was made from."""
    md5 = hashlib.md5(set_file, usedforsecurity=False).hexdigest()
    facts = f"/Size {len(set_file)}/CheckSum<{md5}>/CreationDate({_EPOCH})/ModDate({_EPOCH})"
    file = objects.stream(f"/Type/EmbeddedFile/Subtype/application#2Fjson/Params<<{facts}>>", set_file)
    names = f"/F({SET_FILE})/UF({SET_FILE})/EF<</F {file} 0 R/UF {file} 0 R>>"
    specification = objects.write(f"<</Type/Filespec{names}/AFRelationship/Data>>")
    return f"/AF[{specification} 0 R]/Names<</EmbeddedFiles<</Names[({SET_FILE}){specification} 0 R]>>>>"

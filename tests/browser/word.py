"""A page of Word on the clipboard: the forms that Word writes, in the order in which it writes them."""

from __future__ import annotations

HEAD = """<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"
xmlns:w="urn:schemas-microsoft-com:office:word" xmlns:m="http://schemas.microsoft.com/office/2004/12/omml"
xmlns="http://www.w3.org/TR/REC-html40"><head>
<meta http-equiv=Content-Type content="text/html; charset=utf-8"><meta name=ProgId content=Word.Document>
<meta name=Generator content="Microsoft Word 15"><link rel=File-List href="file:///C:/Temp/clip_filelist.xml">
<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]-->
<style><!--
 p.MsoNormal {margin:0cm; font-family:"Calibri",sans-serif;}
 @list l3 {mso-list-id:1; mso-list-type:hybrid;}
 @list l3:level1
	{mso-level-number-format:roman-lower;
	mso-level-text:"%1\\.";}
 @list l4:level1 {mso-level-number-format:bullet; mso-level-text:\\F0B7; font-family:Symbol;}
--></style></head><body lang=SV link="#0563C1" style='tab-interval:65.2pt'><!--StartFragment-->
"""
TAIL = "<!--EndFragment--></body></html>"


def label(words: str, font: str = "") -> str:
    """Return a label as Word writes it: only programs that cannot count show it."""
    space = "<span style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp;&nbsp; </span>"
    ignored = f"<span style='mso-list:Ignore'>{words}{space}</span>"
    shown = f"<span style='{font}mso-bidi-font-family:Calibri'>{ignored}</span>"
    return f"<![if !supportLists]>{shown}<![endif]>"


def item(words: str, text: str, *, level: int = 1, number: int = 0, font: str = "", tag: str = "p") -> str:
    """Return a list item, or a numbered heading: `number` is that of the list's definition."""
    kind = "class=MsoListParagraphCxSpMiddle " if tag == "p" else ""
    style = f"margin-left:36.0pt;text-indent:-18.0pt;mso-list:l{number} level{level} lfo{number + 1}"
    return f"<{tag} {kind}style='{style}'>{label(words, font)}{text}<o:p></o:p></{tag}>\n"


def plain(text: str) -> str:
    """Return an ordinary paragraph."""
    return f"<p class=MsoNormal>{text}<o:p></o:p></p>\n"


def note_mark(number: int, kind: str = "ftn") -> str:
    """Return the mark of a footnote in the text."""
    shown = f"<![if !supportFootnotes]><span class=MsoFootnoteReference><span>[{number}]</span></span><![endif]>"
    inner = f"<span class=MsoFootnoteReference><span style='mso-special-character:footnote'>{shown}</span></span>"
    target = f'href="#_{kind}{number}" name="_{kind}ref{number}" title=""'
    return f"<a style='mso-footnote-id:{kind}{number}' {target}>{inner}</a>"


def note(number: int, text: str, kind: str = "ftn") -> str:
    """Return a footnote."""
    shown = f"<span style='mso-special-character:footnote'><![if !supportFootnotes]>[{number}]<![endif]></span>"
    back = f'<a style=\'mso-footnote-id:{kind}{number}\' href="#_{kind}ref{number}" name="_{kind}{number}" title="">'
    start = f"<div style='mso-element:footnote' id={kind}{number}><p class=MsoFootnoteText>{back}"
    return f"{start}<span class=MsoFootnoteReference>{shown}</span></a> {text}<o:p></o:p></p></div>"


def notes(*written: str) -> str:
    """Return the list of notes that ends what is copied."""
    line = '<![if !supportFootnotes]><br clear=all><hr align=left size=1 width="33%"><![endif]>'
    return f"<div style='mso-element:footnote-list'>{line}{''.join(written)}</div>"


def picture(description: str) -> str:
    """Return a picture, in VML and for other programs."""
    vml = '<v:shape id="Bild_1"><v:imagedata src="file:///C:/Temp/clip_image001.png" o:title=""/></v:shape>'
    shown = f'<img width=302 height=181 src="file:///C:/Temp/clip_image002.png" alt="{description}" v:shapes="Bild_1">'
    return f"<!--[if gte vml 1]>{vml}<![endif]--><![if !vml]>{shown}<![endif]>"


COMMENT_MARK = (
    "<span class=MsoCommentReference><span style='font-size:8.0pt'><![if !supportAnnotations]>"
    '<a class=msocomanchor id="_anchor_1" onmouseover="msoCommentShow(\'_anchor_1\',\'_com_1\')" href="#_msocom_1" '
    'language=JavaScript name="_msoanchor_1">[AB1]</a><![endif]>'
    "<span style='mso-special-character:comment'>&nbsp;<o:p></o:p></span></span></span>"
)
COMMENT = (
    "<div style='mso-element:comment-list'><![if !supportAnnotations]><hr class=msocomoff align=left size=1><![endif]>"
    "<div style='mso-element:comment'><div id=\"_com_1\" class=msocomtxt language=JavaScript>"
    '<span style=\'mso-comment-author:"Anna"\'><a name="_msocom_1"></a></span>'
    "<p class=MsoCommentText>Är det här rätt?</p></div></div></div>"
)


def page(*parts: str) -> str:
    """Return what Word puts on the clipboard."""
    return HEAD + "".join(parts) + TAIL

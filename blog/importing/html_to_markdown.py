"""HTML as feeds and pages carry it, turned into the Markdown that would give it."""

import re
from collections import Counter
from html import escape
from urllib.parse import parse_qs, urljoin, urlsplit

from bs4 import BeautifulSoup, Comment, NavigableString, Tag
from markdownify import MarkdownConverter

from blog.importing.markdown_source import outside_fences
from blog.markdown.sanitising import TooTangledError, clean

DROPPED = {
    *("script", "style", "svg", "canvas", "form", "select", "textarea", "button", "noscript"),
    *("link", "meta", "template", "dialog", "map", "applet", "head", "title"),
}
WORTH_A_NOTE = {"script", "svg", "canvas", "form"}
EMBEDS = ["iframe", "embed", "object", "video", "audio"]
JUNK = [
    *(".highlight__panel", ".js-actions-panel", ".js-fullscreen-code-action", ".rouge-gutter"),
    *(".gutter", ".linenos", ".lineno", ".anchor-link", ".copy-button", ".sr-only"),
]
BLOCKS = {
    *("address", "article", "aside", "blockquote", "body", "dd", "details", "div", "dl", "dt"),
    *("figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li"),
    *("main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot"),
    *("th", "thead", "tr", "ul", "[document]"),
}
HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]
LINE_START = re.compile(r"(#{1,6}(?=\s|$)|>|[-+](?=\s|$)|-{3,}|=+$|:(?=\s)|~~~)")
NUMBER_START = re.compile(r"(\d{1,9})([.)])(?=\s|$)")
FORMULA = "formula"  # An element of our own, for TeX that must not be escaped.
ESCAPED = re.compile(
    r"\\(?=[!-/:-@\[-`{-~])"  # a backslash that would escape what follows
    r"|[`*]"
    r"|(?<![^\W_])_|_(?![^\W_])"  # not inside a word
    r"|<(?=[A-Za-z/!?])"
    r"|(?<![A-Za-z0-9])\$(?=\$|[^\s$](?:[^$\n]*[^\s$])?\$(?!\d))"  # what would begin a formula
    r"|&(?=#?\w{1,31};)"
    r"|\[(?=[^\[\]]*\][(\[:])|\[(?=\^|[ xX]\])"
)
TAG_OR_NOT = re.compile(r"</?[a-zA-Z](?:[^<>\"']|\"[^\"]{0,2000}\"|'[^']{0,2000}'){0,1000}>|<")
LANGUAGE_CLASS = re.compile(r"(?:language|lang|brush|highlight-source|sourceCode)[-: ]+([\w+#.-]+)")
NO_LANGUAGE = {"highlight", "code", "code-block", "sourcecode", "prettyprint", "wp-block-code"}
PLAIN_TEXT = {"plaintext", "plain", "none", "txt", "nohighlight", "no-highlight"}
SAFE_SCHEMES = {"", "http", "https", "mailto", "tel"}


def to_markdown(html: str, *, base: str = "", notes: list[str]) -> str:
    """The Markdown of an HTML text; what Markdown cannot say stays as sanitised HTML.

    Relative addresses are completed with `base`. What was dropped is told in `notes`.
    """
    soup = BeautifulSoup(well_formed(html), "html.parser")
    _drop_junk(soup, notes)
    _unwrap_formulas(soup)
    _link_embeds(soup, base, notes)
    _complete_addresses(soup, base)
    _tidy_headings(soup)
    _tidy_breaks(soup)
    markdown = _Converter().convert_soup(soup)
    return outside_fences(markdown, _without_blank_runs).strip("\n")


def well_formed(html: str) -> str:
    """The HTML without comments, and with each < that begins no tag as &lt;.

    So a parser never looks for the end of what has none, over and over again.
    """
    pieces, position = [], 0
    while (begin := html.find("<!--", position)) >= 0 and (end := html.find("-->", begin)) >= 0:
        pieces.append(html[position:begin])
        position = end + len("-->")
    without_comments = "".join([*pieces, html[position:]])
    return TAG_OR_NOT.sub(lambda match: "&lt;" if match[0] == "<" else match[0], without_comments)


def _without_blank_runs(text: str) -> str:
    lines = "\n".join(line.rstrip(" \t") for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines)


def _drop_junk(soup: BeautifulSoup, notes: list[str]) -> None:
    dropped: Counter = Counter()
    for comment in soup.find_all(string=lambda text: isinstance(text, Comment)):
        comment.extract()
    for element in soup.select(", ".join(JUNK)):
        element.decompose()
    for element in soup.find_all(DROPPED):
        if element.decomposed:
            continue
        if element.name == "script" and element.get("type", "").startswith("math/tex"):
            continue
        dropped[element.name] += element.name in WORTH_A_NOTE
        element.decompose()
    for image in soup.find_all("img"):
        if not image.get("src") or (image.get("width"), image.get("height")) == ("1", "1"):
            image.decompose()
    for name, count in dropped.items():
        if count:
            notes.append(f"Left out {count} <{name}>, which a post cannot hold.")


def _unwrap_formulas(soup: BeautifulSoup) -> None:
    """A formula rendered by KaTeX, MathJax or a browser becomes its TeX again."""
    for annotation in soup.find_all("annotation", encoding="application/x-tex"):
        outer = annotation.find_parent(
            class_=re.compile("katex|mjx|math")
        ) or annotation.find_parent("math")
        while outer and (above := outer.find_parent(class_=re.compile("katex|mjx"))):
            outer = above
        if outer:
            above = outer.find_parent(class_="katex-display")
            is_display = above or annotation.find_parent("math", display="block")
            formula = soup.new_tag(FORMULA, display="block" if is_display else "inline")
            formula.string = " ".join(annotation.get_text().split())
            (above or outer).replace_with(formula)
    for script in soup.find_all("script"):
        script.name = "code"
        script.attrs = {}


def _link_embeds(soup: BeautifulSoup, base: str, notes: list[str]) -> None:
    """What would load something from elsewhere becomes a link to it."""
    for card in soup.find_all(class_=re.compile(r"^ltag_")):
        anchor = None if card.decomposed else card.find("a", href=True)
        if anchor and card.name != "a":
            words = card.find(HEADINGS) or anchor
            card.replace_with(
                _paragraph_link(soup, anchor["href"], words.get_text(" ", strip=True))
            )
    for embed in soup.find_all(EMBEDS):
        if embed.decomposed:
            continue
        source = embed.find("source", src=True)
        address = embed.get("src") or embed.get("data") or (source["src"] if source else "")
        address = _watchable(_completed(str(address), base))
        if not address.startswith(("http://", "https://")):
            notes.append(f"Left out an <{embed.name}> without an address.")
            embed.decompose()
            continue
        host = (urlsplit(address).hostname or "").removeprefix("www.")
        words = embed.get("title") or f"Embedded from {host}"
        notes.append(f"What was embedded from {host} became a link.")
        embed.replace_with(_paragraph_link(soup, address, words))


def _watchable(address: str) -> str:
    """The address of the page that shows a video, for the address of its player."""
    parts = urlsplit(address)
    video = re.fullmatch(r"/embed/([\w-]+)", parts.path)
    if video and "youtube" in parts.netloc:
        start = parse_qs(parts.query).get("start", [""])[0]
        time = f"&t={start}" if start.isdigit() else ""
        return f"https://www.youtube.com/watch?v={video[1]}{time}"
    video = re.fullmatch(r"/video/(\d+)", parts.path)
    if video and parts.netloc == "player.vimeo.com":
        return f"https://vimeo.com/{video[1]}"
    return address


def _paragraph_link(soup: BeautifulSoup, address: str, words: str) -> Tag:
    paragraph = soup.new_tag("p")
    link = soup.new_tag("a", href=address)
    link.string = words or address
    paragraph.append(link)
    return paragraph


def _complete_addresses(soup: BeautifulSoup, base: str) -> None:
    """Links and pictures with full addresses; a link that runs something leads nowhere.

    A picture whose address is no good keeps it: it is told of where pictures are looked for.
    """
    for link in soup.find_all("a"):
        address = " ".join(str(link.get("href") or "").split())
        link["href"] = address if address.startswith("#") else _completed(address, base)
    for image in soup.find_all("img"):
        address = " ".join(str(image.get("src") or "").split())
        image["src"] = _completed(address, base) or address


def _completed(address: str, base: str) -> str:
    """The address, complete if there is a base; nothing for one that runs or cannot be read."""
    try:
        complete = urljoin(base, address) if base and address else address
        return complete if urlsplit(complete).scheme.lower() in SAFE_SCHEMES else ""
    except ValueError:
        return ""


def _tidy_headings(soup: BeautifulSoup) -> None:
    """No empty headings, and the highest of a body is of level 2: the title is level 1."""
    headings = soup.find_all(HEADINGS)
    shift = any(heading.name == "h1" for heading in headings)
    for heading in headings:
        if not heading.get_text(strip=True) and not heading.find("img"):
            heading.decompose()
            continue
        heading.name = f"h{min(int(heading.name[1]) + shift, 6)}"


def _tidy_breaks(soup: BeautifulSoup) -> None:
    """No line break at the edge of a block, and one where several stand together.

    Several in a paragraph of their own mean a new paragraph; in quotes, lists and cells, one
    line break.
    """
    for line_break in soup.find_all("br"):
        if line_break.decomposed:
            continue
        together = 1
        while (after := _next_content(line_break)) is not None and after.name == "br":
            after.decompose()
            together += 1
        before = _previous_content(line_break)
        is_at_edge = (
            (after is None and _is_block_edge(line_break))
            or (before is None and line_break.parent.name in BLOCKS)
            or any(other is not None and other.name in BLOCKS for other in (before, after))
        )
        if is_at_edge:
            line_break.decompose()
        elif together > 1 and _may_part_paragraphs(line_break):
            line_break["class"] = "paragraph"


def _may_part_paragraphs(line_break: Tag) -> bool:
    return line_break.parent.name in {"p", "div", "[document]"} and not line_break.find_parent(
        ["blockquote", "li", "td", "th"]
    )


def _is_block_edge(element: Tag) -> bool:
    """Whether nothing follows the element up to the end of its block."""
    while element.parent is not None and element.parent.name not in BLOCKS:
        element = element.parent
        if _next_content(element) is not None:
            return False
    return True


def _next_content(element):
    return next((other for other in element.next_siblings if _says_something(other)), None)


def _previous_content(element):
    return next((other for other in element.previous_siblings if _says_something(other)), None)


def _says_something(node) -> bool:
    return isinstance(node, Tag) or (isinstance(node, NavigableString) and bool(node.strip()))


def language_of(element: Tag) -> str:
    """The language of a <pre>, from its own class or one above or below it."""
    candidates = [element, element.find("code"), element.parent, element.parent.parent]
    for candidate in candidates:
        if not isinstance(candidate, Tag):
            continue
        classes = " ".join(candidate.get("class") or [])
        data = candidate.get("data-lang") or candidate.get("data-language") or candidate.get("lang")
        named = LANGUAGE_CLASS.search(classes)
        language = named[1] if named else data
        if not language and candidate.name == "pre" and "highlight" in classes.split():
            rest = [name for name in classes.split() if name.lower() not in NO_LANGUAGE]
            language = rest[0] if rest else ""
        if language and re.fullmatch(r"[\w+#.-]{1,40}", language):
            return "text" if language.lower() in PLAIN_TEXT else language.lower()
    return ""


def fenced(code: str, info: str = "") -> str:
    """The code as a fenced block, with a fence that nothing in it can end."""
    longest = max((len(run) for run in re.findall("`+", code)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{info}\n{code}\n{fence}"


def target(address: str) -> str:
    """An address as the target of a Markdown link, in angle brackets where it needs them."""
    if not re.search(r"[\s()<>]", address):
        return address
    return f"<{address.replace('<', '%3C').replace('>', '%3E').replace(' ', '%20')}>"


def escape_text(text: str) -> str:
    """Words that mean no markup, as Markdown that shows them."""
    escaped = ESCAPED.sub(r"\\\g<0>", text)
    return escaped.replace("~", "\\~") if escaped.count("~") > 1 else escaped


def escape_line_start(line: str) -> str:
    """A line that must not be taken for a heading, a quote, a rule or a list item."""
    line = LINE_START.sub(r"\\\g<1>", line, count=1) if LINE_START.match(line) else line
    return NUMBER_START.sub(r"\1\\\2", line, count=1) if NUMBER_START.match(line) else line


class _Converter(MarkdownConverter):
    """markdownify, with what it leaves out."""

    class Options(MarkdownConverter.DefaultOptions):
        heading_style = "atx"
        bullets = "-"
        newline_style = "backslash"
        wrap = True  # A line end in HTML text is a space.
        wrap_width = None
        sub_symbol = "<sub>"
        sup_symbol = "<sup>"
        keep_inline_images_in = ("td", "th", "a", "p", "li", "span", "em", "strong")
        table_infer_header = True

    def escape(self, text, parent_tags):
        return escape_text(text)

    def convert_formula(self, el, text, parent_tags):
        tex = el.get_text()
        return f"\n\n$$\n{tex}\n$$\n\n" if el.get("display") == "block" else f"$`{tex}`$"

    def process_text(self, el, parent_tags=None):
        text = super().process_text(el, parent_tags=parent_tags)
        if parent_tags and "_noformat" in parent_tags:
            return text
        before, after = el.previous_sibling, el.next_sibling
        if isinstance(before, Tag) and before.name == "br":
            text = text.lstrip()
        if isinstance(after, Tag) and after.name == "br":
            text = text.rstrip()
        if text.endswith("!") and isinstance(after, Tag) and after.name == "a":
            text = text[:-1] + "\\!"
        return escape_line_start(text) if self._begins_line(el) else text

    @staticmethod
    def _begins_line(node) -> bool:
        while node is not None:
            before = _previous_content(node)
            if before is not None:
                return before.name == "br" or before.name in BLOCKS
            node = node.parent
            if node is None or node.name in BLOCKS:
                return True
        return True

    def convert_a(self, el, text, parent_tags):
        href = el.get("href") or ""
        if href and target(href) != href:
            el["href"] = target(href)
        if "\n\n" in text.strip():  # A link around blocks is no Markdown; its words lead there.
            words = el.find(HEADINGS) or el
            text = escape_text(" ".join(words.get_text(" ", strip=True).split()))
        return super().convert_a(el, text, parent_tags)

    def convert_br(self, el, text, parent_tags):
        if "td" in parent_tags or "th" in parent_tags:
            return "<br>"
        if "paragraph" in (el.get("class") or []):
            return "\n\n"
        return super().convert_br(el, text, parent_tags)

    def convert_pre(self, el, text, parent_tags):
        code = el.get_text().removeprefix("\n").rstrip("\n ")
        if not code.strip():
            return ""
        return f"\n\n{fenced(code, language_of(el))}\n\n"

    def convert_code(self, el, text, parent_tags):
        shown = super().convert_code(el, text, parent_tags)
        return re.sub(r"\s*\n\s*", " ", shown) if "pre" not in parent_tags else shown

    def convert_input(self, el, text, parent_tags):
        if el.get("type") != "checkbox" or "li" not in parent_tags:
            return ""
        space = "" if str(el.next_sibling or "").startswith((" ", "\n")) else " "
        return f"[{'x' if el.has_attr('checked') else ' '}]{space}"

    def convert_figure(self, el, text, parent_tags):
        image, caption = el.find("img"), el.find("figcaption")
        if image is None or el.find(["pre", "table", "blockquote"]):
            return f"\n\n{text.strip()}\n\n"
        words = escape_text(" ".join(caption.get_text(" ", strip=True).split())) if caption else ""
        shown = self.convert_img(image, "", set())
        return f"\n\n{shown}" + (f"\n*{words}*\n\n" if words else "\n\n")

    def convert_img(self, el, text, parent_tags):
        alt = escape_text(" ".join((el.get("alt") or "").split()))
        source = el.get("src") or ""
        if not source:
            return ""
        if "_inline" in parent_tags and el.parent.name in HEADINGS:
            return alt
        return f"![{alt}]({target(source)})"

    def convert_blockquote(self, el, text, parent_tags):
        return "\n\n" + super().convert_blockquote(el, text, parent_tags).lstrip("\n")

    def convert_q(self, el, text, parent_tags):
        return f"“{text}”"

    def _kept(self, el, text, parent_tags):
        if "_noformat" in parent_tags or not text.strip():
            return text
        title = f' title="{escape(el["title"])}"' if el.get("title") else ""
        return f"<{el.name}{title}>{text}</{el.name}>"

    convert_kbd = convert_mark = convert_abbr = convert_ins = convert_small = _kept
    convert_u = convert_var = convert_dfn = convert_cite = convert_samp = _kept

    def convert_details(self, el, text, parent_tags):
        return f"\n\n<details>\n{text.strip()}\n\n</details>\n\n"

    def convert_summary(self, el, text, parent_tags):
        return f"<summary>{text.strip()}</summary>\n\n"

    def convert_dl(self, el, text, parent_tags):
        return _as_html(el)

    def convert_table(self, el, text, parent_tags):
        if el.find(["table", "pre", "ul", "ol", "blockquote"]) or any(
            cell.get(name, "1") != "1"
            for cell in el.find_all(["td", "th"])
            for name in ("colspan", "rowspan")
        ):
            return _as_html(el)
        caption = el.find("caption")
        words = " ".join(caption.get_text(" ", strip=True).split()) if caption else ""
        rows = text.strip()
        return f"\n\n{escape_text(words)}\n\n{rows}\n\n" if words else f"\n\n{rows}\n\n"

    def convert_caption(self, el, text, parent_tags):
        return ""

    def convert_td(self, el, text, parent_tags):
        shown = re.sub(r"(?<!\\)\|", r"\\|", " ".join(text.split()))
        return f" {shown} |"

    convert_th = convert_td


def _as_html(element: Tag) -> str:
    """The element as sanitised HTML that stands in Markdown as one block."""
    try:
        markup = clean(str(element))
    except TooTangledError as error:
        raise ValueError("Its HTML is too tangled. Simplify it.") from error
    markup = re.sub(
        r"<pre>.*?</pre>", lambda match: match[0].replace("\n", "&#10;"), markup, flags=re.DOTALL
    )
    return "\n\n" + re.sub(r"\n\s*(?=\n)", "", markup).strip() + "\n\n"

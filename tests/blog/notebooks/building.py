"""Small notebooks, written as Jupyter would write them."""

import base64
import json
from io import BytesIO

from django.core.files.base import ContentFile
from PIL import Image

from blog.markdown import PageState
from blog.models import Document
from blog.notebooks import chosen_cells, read, render_cells


def picture(width=8, height=4, colour="teal", format_name="PNG") -> str:
    data = BytesIO()
    Image.new("RGB", (width, height), colour).save(data, format_name)
    return base64.b64encode(data.getvalue()).decode()


def markdown_cell(source, **more) -> dict:
    return {"cell_type": "markdown", "metadata": {}, "source": source} | more


def code_cell(source="1 + 1", *outputs, run=1, **more) -> dict:
    return {
        "cell_type": "code",
        "execution_count": run,
        "metadata": {},
        "source": source,
        "outputs": list(outputs),
    } | more


def printed(text, name="stdout") -> dict:
    return {"output_type": "stream", "name": name, "text": text}


def shown(metadata=None, **forms) -> dict:
    """An output in these forms: `html=…` stands for text/html, `png=…` for image/png."""
    types = {
        **{name: f"text/{name}" for name in ("plain", "html", "markdown", "latex")},
        **{name: f"image/{name}" for name in ("png", "jpeg", "gif", "webp")},
        "svg": "image/svg+xml",
        "widget": "application/vnd.jupyter.widget-view+json",
        "plotly": "application/vnd.plotly.v1+json",
        "javascript": "application/javascript",
    }
    data = {types[name]: form for name, form in forms.items()}
    return {"output_type": "display_data", "data": data, "metadata": metadata or {}}


def failed(name, message, *traceback) -> dict:
    return {
        "output_type": "error",
        "ename": name,
        "evalue": message,
        "traceback": list(traceback),
    }


def notebook(*cells, language="python", **more) -> dict:
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"language_info": {"name": language}},
        "cells": list(cells),
    } | more


def as_bytes(written) -> bytes:
    return written if isinstance(written, bytes) else json.dumps(written).encode()


def render(*cells, choose="", page=None, has_code=True, **more):
    """What the page gets of these cells."""
    read_notebook = read(as_bytes(notebook(*cells, **more)))
    chosen = chosen_cells(read_notebook, choose)
    return render_cells(read_notebook, chosen, page or PageState(), has_code=has_code)


def html_of(*cells, **options) -> str:
    return "\n".join(render(*cells, **options).html)


def make_document(*cells, written=None, name="analysis.ipynb", title="Analysis") -> Document:
    data = as_bytes(notebook(*cells) if written is None else written)
    document = Document(title=title, file=ContentFile(data, name=name))
    document._set_document_file_metadata()
    document.save()
    return document

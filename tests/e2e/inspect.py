"""Two strict readers of a page: axe for people with disabilities, the Nu checker for the HTML itself.

Both return sentences; an empty list is the only good answer. Tests that use them carry the marker `browser` or `java`.
"""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
VNU = ROOT / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"

CONTEXT: dict[str, Any] = {"bypass_csp": True, "locale": "de-DE", "timezone_id": "Europe/Berlin"}
"""For `browser.new_context`: our own policy would keep axe out."""

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


def axe(page: Page) -> list[str]:
    """What axe finds on the page as it stands now, one line per rule and element."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    options = {"runOnly": list(TAGS), "resultTypes": ["violations"]}
    found = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{rule['id']}: {rule['help']} | {node['html'][:160]} | {_why(node)}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def _why(node: dict[str, Any]) -> str:
    return "; ".join(check["message"] for check in [*node["any"], *node["all"], *node["none"]])


def vnu(html: str) -> list[str]:
    """What the Nu HTML checker finds: errors, warnings, and its remarks."""
    return vnu_all({"page": html})["page"]


def vnu_all(pages: dict[str, str], folder: Path | None = None) -> dict[str, list[str]]:
    """Many pages in one start of Java (a start takes a second): name → findings. `folder` is where copies go."""
    if folder is None:
        return {name: _findings(_run(["-"], html)).get("", []) for name, html in pages.items()}
    files = {name: folder / f"{_file_name(name)}.html" for name in pages}
    for name, path in files.items():
        path.write_text(pages[name], encoding="utf-8")
    found = _findings(_run([str(path) for path in files.values()]))
    return {name: found.get(path.name, []) for name, path in files.items()}


def _run(arguments: list[str], html: str | None = None) -> str:
    command = ["java", "-Xss4m", "-jar", str(VNU), "--format", "json", *arguments]
    return subprocess.run(command, input=html, capture_output=True, text=True, check=False).stderr


def _findings(output: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for message in json.loads(output)["messages"]:
        where = Path(str(message.get("url", ""))).name
        line = f"line {message.get('lastLine', '?')}: {message['message']} | {message.get('extract', '').strip()}"
        found.setdefault(where, []).append(line)
    return found


def _file_name(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "page"


def overflow(page: Page) -> list[str]:
    """Elements that make the page scroll sideways; regions that are meant to scroll are left out."""
    return list(
        page.evaluate(
            """() => {
              const wide = document.documentElement.clientWidth;
              if (document.documentElement.scrollWidth <= wide) return [];
              return [...document.querySelectorAll("body *")]
                .filter(e => !e.closest(".ft-scroll, .kern-sr-only") && e.getBoundingClientRect().right > wide + 1)
                .map(e => e.tagName + "." + e.className + ": " + Math.round(e.getBoundingClientRect().right));
            }"""
        )
    )

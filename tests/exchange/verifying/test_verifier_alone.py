"""The verifier stands alone: one file, the standard library, nothing of the application."""

import ast
import json
import re
import string
import subprocess
import sys
from pathlib import Path

from consultation.exchange.verifying import ballot_box_verifier as verifier

FILE = Path(verifier.__file__)
TREE = ast.parse(FILE.read_text())


def imported():
    for node in ast.walk(TREE):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        if isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


def test_it_imports_the_standard_library_alone():
    names = {name.partition(".")[0] for name in imported()}
    assert names - sys.stdlib_module_names == set()
    assert "consultation" not in names
    called = {node.func.id for node in ast.walk(TREE) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert called & {"__import__", "eval", "exec", "compile"} == set()
    assert (
        names & {"importlib", "runpy", "socket", "ssl", "http", "urllib", "subprocess", "pickle", "tempfile"} == set()
    )


def test_it_runs_where_nothing_else_is(tmp_path):
    """A copy of the file, in a folder of its own, with neither environment nor site packages; it writes nothing."""
    alone = tmp_path / "verifier.py"
    alone.write_bytes(FILE.read_bytes())
    code = "import sys, runpy; sys.argv[0] = 'v'; runpy.run_path('verifier.py'); print(*sorted(sys.modules))"
    run = [sys.executable, "-I", "-S", "-B", "-c", code]
    found = subprocess.run(run, cwd=tmp_path, env={}, capture_output=True, text=True, check=True).stdout.split()
    assert {name.partition(".")[0] for name in found} - sys.stdlib_module_names - {"__main__"} == set()
    assert [path.name for path in tmp_path.iterdir()] == ["verifier.py"]


def test_it_is_written_for_python_3_9():
    ast.parse(FILE.read_text(), feature_version=(3, 9))
    assert [node for node in ast.walk(TREE) if isinstance(node, ast.ImportFrom) and node.module == "__future__"]
    calls = [node for node in ast.walk(TREE) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    newer = [node for node in calls if node.func.id in ("zip", "aiter", "anext") for word in node.keywords if word.arg]
    assert newer == []


def fields(text):
    return sorted(name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name)


def test_every_word_is_there_in_three_languages():
    assert [code for code, words in verifier.WORDS.items() if len(words) != 3 or not all(words)] == []
    assert [code for code, words in verifier.WORDS.items() if len({tuple(fields(each)) for each in words}) != 1] == []
    assert [words for words in (*verifier.PROVED, *verifier.NOT_PROVED) if len(words) != 3 or not all(words)] == []
    french = [words[1] for words in (*verifier.WORDS.values(), *verifier.PROVED, *verifier.NOT_PROVED)]
    assert [text for text in french if re.search(r"[^\u00a0][:»]|«[^\u00a0]|'", text.replace("{", ""))] == []


def test_every_code_that_is_reported_has_words_and_every_word_is_used():
    source = FILE.read_text()
    told = set(re.findall(r'(?:fails|holds|tells|say|Unreadable)\(\s*"(\w+)"', source))
    told |= {f"{about}_{what}" for about in ("saved", "receipt") for what in ("contest", "signature", "frozen")}
    told |= set(verifier.COMPARED) | {"mark_ok", "mark_note", "mark_wrong", "proved", "not_proved", "more"}
    assert told == set(verifier.WORDS)


def test_help_and_wrong_use(capsys):
    assert verifier.main(["--help"]) == 0
    assert "BUNDLE.zip" in capsys.readouterr().out
    assert [verifier.main(arguments) for arguments in ([], ["a", "b"], ["a", "--lang", "de"])] == [2, 2, 2]


def test_what_it_prints_survives_a_terminal_without_accents(tmp_path):
    run = [sys.executable, "-I", FILE, "nowhere.zip", "--lang", "fr", "--json"]
    said = subprocess.run(run, cwd=tmp_path, env={"PYTHONIOENCODING": "ascii"}, capture_output=True, check=False)
    assert (said.returncode, json.loads(said.stdout)["error"]) == (2, "cannot_open")

"""Writes python-literals.json beside this script: values as Python writes them, and as JSON; texts that are no literal.

    python tests/formats/make_python_literals.py
"""

import ast
import json
import pathlib

VALUES = [
    {0: "person", 1: "bicycle"}, {}, [], (), ("a",), ["a", "b"], {0: "it's", 1: 'a "b"', 2: "both ' and \""}, {0: "back\\slash", 1: "new\nline", 2: "tab\t", 3: "\x00\x7f"},
    {0: "고양이", 1: "naïve", 2: "🐕", 3: "\u200b", 4: "\U000e0001"}, [640, 640], 32, -1.5, 1e-3, True, False, None, [[1, 2], {"a": [None, True]}],
    {"__proto__": "x", "constructor": 1}, "", "\\n is two", {10: "b", 2: "a"}, [8.0, 16.0, 32.0],
]
BAD = ["", " ", "{", "[1,", "{0: 'a'", "{0 'a'}", "{0: }", "['a' 'b']x", "'a", "'a\nb'", "os.system('ls')", "__import__('os')", "{[1]: 2}", "[1]]", "1 2", "yes", "{,}", "[,1]", "(1", "[1)"]

good = [{"text": repr(v), "json": json.dumps(v)} for v in VALUES] + [{"text": " { 0 : 'a' , 1 : \"b\" , } ", "json": '{"0":"a","1":"b"}'}, {"text": "'a\\qb\\x41'", "json": json.dumps(ast.literal_eval("'a\\\\qb\\x41'"))}]
for each in good:
    assert json.dumps(ast.literal_eval(each["text"].strip())) == json.dumps(json.loads(each["json"])) or isinstance(ast.literal_eval(each["text"].strip()), (dict, tuple))
for text in BAD:
    try:
        ast.literal_eval(text)
        raise AssertionError(text)
    except (ValueError, SyntaxError, TypeError):
        pass
pathlib.Path(__file__).with_name("python-literals.json").write_text(json.dumps({"good": good, "bad": BAD}, indent=0) + "\n")

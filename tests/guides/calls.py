"""Reads a block of Python, parses it, and holds every call of a module against the signature of the function that is called.

Nothing of the block is run. Calls of modules that are not installed are printed: only their syntax is known to be right.
"""
import ast
import importlib
import inspect
import sys


def imported(tree):
    """Modules by the names that the block has for them."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                found[alias.asname or alias.name.split('.')[0]] = alias.name if alias.asname else alias.name.split('.')[0]
    return found


def dotted(node):
    """['torch', 'onnx', 'export'] of torch.onnx.export; None of what is called on a result."""
    if isinstance(node, ast.Name):
        return [node.id]
    before = dotted(node.value) if isinstance(node, ast.Attribute) else None
    return None if before is None else [*before, node.attr]


def resolve(module, names):
    found, path = importlib.import_module(module), module
    for name in names:
        path = f'{path}.{name}'
        if not hasattr(found, name):
            importlib.import_module(path)
        found = getattr(found, name)
    return found


def check(tree):
    modules = imported(tree)
    for call in [node for node in ast.walk(tree) if isinstance(node, ast.Call)]:
        names = dotted(call.func)
        if names is None or names[0] not in modules:
            continue
        root, place = modules[names[0]], f'line {call.lineno}: {".".join(names)}'
        try:
            importlib.import_module(root)
        except ImportError:
            print(f'{place}: not checked, there is no module {root}')
            continue
        try:
            inspect.signature(resolve(root, names[1:])).bind(*call.args, **{keyword.arg: keyword.value for keyword in call.keywords})
        except ValueError:
            print(f'{place}: not checked, a builtin without a signature')
        except (AttributeError, ImportError, TypeError) as error:
            sys.exit(f'{place}: {error}')


check(ast.parse(sys.stdin.read()))

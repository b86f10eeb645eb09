"""What is missing of the dialect's documentation and tests: each operation and attribute has a summary and a description with
an example of itself that parses; each operation stands in a test of this folder that prints it and parses it again.
Before an operation's example stand the paragraphs of experiments.mlir whose symbols it does not declare itself, and a value
for each that it reads; values get the types that the parser asks for.
Usage: documented.py LLVM_TBLGEN SOURCE LLVM_INCLUDE SWITCHYARD_OPT; prints a line for each thing missing, then counts."""
import concurrent.futures
import glob
import json
import os
import re
import subprocess
import sys

LEVELS = ["ProgramLevel.td", "ExperimentLevel.td"]


def records(tblgen, source, include, kind):
    for level in LEVELS:
        text = subprocess.run([tblgen, "--dump-json", "-I", source, "-I", include, os.path.join(source, "dialect", level)],
                              check=True, stdout=subprocess.PIPE, text=True).stdout
        for record in json.loads(text).values():
            if isinstance(record, dict) and kind in record.get("!superclasses", []):
                owner = record.get("opDialect") or record.get("dialect")
                if owner and owner["def"] == "Swy_Dialect":
                    yield record


def printed_tests(folder):
    """The text of the tests that print what they parse."""
    paths = [path for path in glob.glob(folder + "/*.mlir") if not path.endswith("-errors.mlir")]
    return "".join(open(path, encoding="utf-8").read() for path in paths)


def example_of(description):
    """What stands behind `Example:` in a fence or in backticks; of an attribute, all in backticks. As one text."""
    behind = description.partition("Example")[2]
    fence = re.search(r"```\n(.*?)```", behind, flags=re.S)
    found = [fence[1]] if fence else re.findall(r"`([^`]+)`", behind, flags=re.S)
    return found


def error_of(opt, text):
    """The first error of parsing it; None where there is none."""
    done = subprocess.run([opt, "-allow-unregistered-dialect", "-"], input=text, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True)
    return next((line for line in done.stderr.splitlines() if "error:" in line), None) if done.returncode else None


def declarations(folder, example):
    """What experiments.mlir declares and the example does not."""
    text = re.sub(r"^ *//.*\n", "", open(os.path.join(folder, "experiments.mlir"), encoding="utf-8").read(), flags=re.M)
    own = re.search(r"^swy\.\w+ @[\w.]+", example, flags=re.M)
    parts = [part.strip() for part in text.split("\n\n")]
    return "\n".join(part for part in parts if not own or not part.startswith(own[0] + " ")) + "\n"


LOSS = """swy.loss @wrapper {{
^bb0(%own0: tensor<1x4x4xf32>, %own1: tensor<i32>, %own2: tensor<2xi32>, %own3: tensor<i64>):
{}
  %own4 = arith.constant dense<0.0> : tensor<f32>
  swy.yield %own4 : tensor<f32>
}}
"""
WRAPPERS = ["{}", "swy.defense @wrapper {{\n{}}}\n", LOSS, None]  # the last: an experiment's


def wrapped(text, wrapper, before):
    if wrapper:
        return wrapper.format(text)
    head = re.search(r"^swy\.experiment .*?\{\n(?=  swy)", before, flags=re.M | re.S)
    defenses = 'swy.defend_with @none label "" arguments [{}] axes [] family "" strength ""\n' * 2
    return head[0].replace("@e ", "@wrapper ") + defenses + text + "}\n" if head else text


def first_error(opt, folder, example):
    """Of the example in the surroundings that suit it best."""
    example = example.strip() + "\n"
    before = declarations(folder, example)
    given = set(re.findall(r"%\w+(?=[^=<\n]* = )|%\w+(?=:\d| = )|(?<=[(,] )%\w+(?=: )|(?<=\()%\w+(?=: )", example))
    free = [value for value in dict.fromkeys(re.findall(r"%\w+", example)) if value not in given]
    error = None
    for wrapper in WRAPPERS:
        types = dict.fromkeys(free, "i1")
        for _ in range(len(free) + 1):
            values = "".join(f'{value} = "test.value"() : () -> {type}\n' for value, type in types.items())
            found = error_of(opt, before + wrapped(values + example, wrapper, before))
            if not found:
                return None
            asked = re.search(r"use of value '(%\w+)' expects different type than prior uses: '(.*)' vs", found)
            if not asked:
                break
            types[asked[1]] = asked[2]
        error = error if error and "expects parent" not in error else found
    return error


def check_operation(op, opt, folder, printed):
    name = "swy." + op["opName"]
    examples = [text for text in example_of(op["description"]) if re.search(re.escape(name) + r"(?!\w)", text)]
    this = re.compile(re.escape(name) + r"(?!\w)")
    if not op["summary"].strip():
        yield "has no summary"
    if not op["description"].strip():
        yield "has no description"
    elif not examples:
        yield "has no example of itself"
    for text in examples[:1]:
        if error := first_error(opt, folder, text):
            yield f"has an example that does not parse: {error}"
    if not this.search(printed):
        yield "is printed and parsed in no test of test/dialect"


def check_attribute(attribute, opt):
    examples = [text for text in example_of(attribute["description"]) if "#swy." + attribute["mnemonic"] in text]
    if not attribute["summary"].strip():
        yield "has no summary"
    if not examples:
        yield "has no example of itself"
    for text in examples:
        text = re.sub(r"\s+", " ", text)
        if text.startswith("#") and (error := error_of(opt, f"#a = {text}\n")):
            yield f"has an example that does not parse: {error}"


def main():
    tblgen, source, include, opt = sys.argv[1:]
    folder = os.path.join(source, "test/dialect")
    printed = printed_tests(folder)
    operations = list(records(tblgen, source, include, "Op"))
    attributes = [a for a in records(tblgen, source, include, "AttrDef") if a.get("mnemonic")]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        missing = list(pool.map(lambda op: list(check_operation(op, opt, folder, printed)), operations))
        missing += pool.map(lambda attribute: list(check_attribute(attribute, opt)), attributes)
    names = ["swy." + op["opName"] for op in operations] + ["#swy." + a["mnemonic"] for a in attributes]
    for name, things in zip(names, missing):
        for thing in things:
            print(name, thing)
    print(f"{len(operations)} operations, {len(attributes)} attributes, {sum(map(len, missing))} things missing")


if __name__ == "__main__":
    main()

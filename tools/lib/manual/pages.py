# SPDX-License-Identifier: Apache-2.0
"""The pages: one of envsnap, and one for each of its verbs."""

from .discussion import Discussion
from .mdoc import argument, escaped, literal, paragraph

COMMON = ["store", "json", "progress", "quiet", "verbose", "version", "help"]

ENVIRONMENT = [
    ("ENVSNAP_STORE", "The folder of the store, where --store does not name one."),
    ("XDG_DATA_HOME", "The folder below which the store is otherwise; without it ~/.local/share."),
    ("ENVSNAP_ACCESS", "How the files of the engine's machine are reached: local, which needs root there, or helper."),
    ("DOCKER_HOST", "The engine, as docker(1) takes it: unix://, tcp:// or ssh://."),
    ("DOCKER_CONTEXT", "The docker context that names the engine, where DOCKER_HOST does not."),
    ("DOCKER_CONFIG", "The folder of docker's settings: contexts, and logins of registries."),
    ("DOCKER_TLS_VERIFY", "Set to anything, tcp:// is spoken with TLS and the engine's certificate verified."),
    ("DOCKER_CERT_PATH", "The folder of the certificates for that."),
    ("NO_COLOR", "Set to anything, no colour is used."),
]

FILES = [
    ("~/.local/share/envsnap", "The store."),
    ("~/.config/envsnap/allowed_signers", "Who may sign bundles, as ssh-keygen(1) has it."),
    ("/usr/libexec/docker/cli-plugins/docker-envsnap", "What makes docker envsnap of envsnap."),
]


def option_items(arguments):
    """The list of arguments and options."""
    lines = [".Bl -tag -width Ds"]
    for one in arguments:
        lines.append(".It " + " , ".join(forms(one)))
        words = one.get("abstract") or ""
        if one.get("discussion"):
            words += " " + one["discussion"]
        lines += paragraph(words) or ["\\&"]
        if one.get("defaultValue"):
            lines += [f"The default is {escaped(one['defaultValue'])}."]
    return lines + [".El"]


def forms(one):
    """The ways in which an argument is written."""
    if one["kind"] == "positional":
        return [f"Ar {argument(one['valueName'])}"]
    value = f" Ar {argument(one['valueName'])}" if one["kind"] == "option" else ""
    return [f"Fl {dashed(name)}{value}" for name in one["names"]]


def dashed(name):
    return "-" + argument(name["name"]) if name["kind"] == "long" else argument(name["name"])


def synopsis(one):
    """An argument in the synopsis."""
    name = one.get("preferredName")
    if one["kind"] == "positional":
        text = f"Ar {argument(one['valueName'])}"
        if one.get("parsingStrategy") == "postTerminator":
            text = f"Fl - {text}"
    else:
        text = f"Fl {dashed(name)}" + (f" Ar {argument(one['valueName'])}" if one["kind"] == "option" else "")
    if one["isRepeating"]:
        text += " ..."
    return f".Op {text}" if one["isOptional"] else f".{text}"


def head(name, abstract, section_title, date):
    return [
        '.\\" SPDX-License-Identifier: Apache-2.0', '.\\" Made by tools/manual from the commands themselves.',
        f".Dd {date}", f".Dt {section_title} 1", ".Os envsnap", ".Sh NAME", f".Nm {name}",
        f".Nd {escaped(lowered(abstract))}",
    ]


def lowered(text):
    """A sentence as a description after a name."""
    text = text.rstrip(".")
    return text[:1].lower() + text[1:]


def status_section(statuses, words=""):
    lines = [".Sh EXIT STATUS"]
    if words:
        lines += paragraph(words[:1].upper() + words[1:])
    lines += [".Bl -tag -width Ds"]
    for number, meaning in statuses:
        lines += [f".It {number}", escaped(meaning[:1].upper() + meaning[1:]) + "."]
    return lines + [".El"]


def tagged(title, items, macro):
    lines = [f".Sh {title}", ".Bl -tag -width Ds"]
    for name, words in items:
        lines += [f".It {macro} {argument(name)}"] + paragraph(words)
    return lines + [".El"]


def see_also(names):
    lines = [".Sh SEE ALSO"]
    for index, name in enumerate(names):
        lines.append(f".Xr {name} 1" + (" ," if index + 1 < len(names) else ""))
    return lines


def shown(command):
    return [one for one in command.get("arguments") or [] if one["shouldDisplay"]]


def verbs(tool):
    return [one for one in tool["subcommands"] if one["shouldDisplay"] and one["commandName"] != "help"]


def verb_page(command, date):
    """The page of a verb."""
    verb = command["commandName"]
    name = f"envsnap-{verb}"
    discussion = Discussion(command.get("discussion"))
    arguments = shown(command)
    def is_common(one): return one["kind"] != "positional" and one["preferredName"]["name"] in COMMON
    # Positional arguments first, as they are what the verb is about.
    own = [one for one in arguments if not is_common(one)]
    own = [one for one in own if one["kind"] == "positional"] + [one for one in own if one["kind"] != "positional"]
    common = [one for one in arguments if is_common(one)]
    lines = head(name, command["abstract"], name.upper(), date)
    lines += [".Sh SYNOPSIS", ".Nm envsnap", f".Cm {argument(verb)}"]
    lines += [synopsis(one) for one in own if one["kind"] != "positional"]
    lines += [".Op Ar common-options"] if common else []
    lines += [synopsis(one) for one in own if one["kind"] == "positional"]
    lines += [".Sh DESCRIPTION"] + paragraph(command["abstract"])
    for words in discussion.paragraphs:
        lines += [".Pp"] + paragraph(words)
    if own:
        lines += [".Pp", "Arguments and options:"] + option_items(own)
    if common:
        lines += [".Pp", "Options of every verb:"] + option_items(common)
    lines += status_section(discussion.statuses, discussion.status_text)
    if discussion.examples:
        lines += [".Sh EXAMPLES"] + literal(discussion.examples)
    return lines + see_also(["envsnap"])


def tool_page(tool, date, statuses):
    """The page of the whole."""
    lines = head("envsnap", tool["abstract"], "ENVSNAP", date)
    lines += [".Sh SYNOPSIS", ".Nm", ".Ar verb", ".Op Ar arguments ...", ".Nm docker", ".Cm envsnap", ".Ar verb"]
    lines += [".Op Ar arguments ..."]
    lines += [".Sh DESCRIPTION"] + paragraph(tool["abstract"]) + [".Pp"]
    lines += paragraph(
        "A snapshot holds a compose project and everything inside those of its containers that run an engine of their "
        "own: networks with their addresses, containers with their configuration and state, images, volumes, bind "
        "sources, writable layers and the project's files. A replay runs in a capsule, a container with an engine of its "
        "own, with the names, paths and addresses that were captured.")
    lines += [".Pp", "Verbs, each with a page of its own:", ".Bl -tag -width Ds"]
    for verb in verbs(tool):
        lines += [f".It Xr envsnap-{verb['commandName']} 1"] + paragraph(verb["abstract"])
    lines += [".El", ".Pp"]
    lines += paragraph(
        "Results go to standard output, everything else to standard error. With --json the result of every verb is one "
        "JSON object.")
    lines += [".Pp", "A shell completes verbs, options, snapshots, replays and their hosts with what", ".Nm",
              ".Fl -generate-completion-script Cm bash", "(or zsh, or fish) prints."]
    lines += tagged("ENVIRONMENT", ENVIRONMENT, "Ev") + tagged("FILES", FILES, "Pa")
    lines += status_section(statuses)
    lines += [".Sh EXAMPLES"] + literal([
        "envsnap capture foo --name before", "envsnap replay before",
        "envsnap exec before foo-host-corge/foo-app -- nc -vz redis 6379", "envsnap down before"])
    return lines + see_also(["docker"] + sorted(f"envsnap-{verb['commandName']}" for verb in verbs(tool)))


def all_pages(tool, date):
    """Names of files and their lines."""
    statuses = {}
    for verb in verbs(tool):
        statuses.update(Discussion(verb.get("discussion")).statuses)
    pages = {"envsnap.1": tool_page(tool, date, sorted(statuses.items()))}
    for verb in verbs(tool):
        pages[f"envsnap-{verb['commandName']}.1"] = verb_page(verb, date)
    return pages

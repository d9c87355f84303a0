"""PIN008: weights or data are downloaded from a hub, without the commit that was tested."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Hit, Rule, on
from mldebt.gate import Gate
from mldebt.model import Confidence, Outcome, Recipe, Severity
from mldebt.syntax.names import keyword, string
from mldebt.terms import FALSE, TRUE, IsOwn, IsText, Term, all_of, negate
from mldebt.traits.hub import (
    Api,
    Fixity,
    api_of,
    behind,
    fixity,
    is_repository,
    last_names,
    moving_url,
    presentable,
    repository_pattern,
)
from mldebt.traits.values import Value

_VARIANTS = {Fixity.BRANCH: "branch", Fixity.TAG: "tag"}


def _may_move(node: cst.SimpleString | cst.FormattedString) -> bool:
    """May the text be a URL of a branch?"""
    return type(node) is not cst.SimpleString or "/main/" in node.value or "/master/" in node.value


class UnpinnedPretrainedArtefact(Rule):
    """Ids are known by themselves, through constants of any file, or as the default of a parameter;
    others are guesses. ``TAG`` is a note, code from the repository an error."""

    @on(cst.Call, opened_by=Gate(lists=("pretrained-apis",)))
    def call(self, node: cst.Call, at: At) -> Iterator[Hit]:
        name = _last_name(node.func)
        if at.imports.get(name, name).rpartition(".")[2] not in last_names(at.vocabulary):
            return
        reference = _reference(node.func, at)
        api = api_of(reference, at.vocabulary)
        asked = api.asked(node) if api is not None else None
        if api is None or asked is None or _is_on(node, "local_files_only", at) or _names_local_source(node, at):
            return
        yield from self._asked(node, api, asked, negate(IsOwn(at.path, reference)), at)

    @on(cst.SimpleString, cst.FormattedString, like=_may_move)
    def text(self, node: cst.SimpleString | cst.FormattedString, at: At) -> Iterator[Hit]:
        text = _moving_text(node)
        found = moving_url(text) if text else None
        if found is not None and not self._allowed(found[0].removeprefix("datasets/")):
            artefact, branch = found
            yield self._hit(node, artefact, Fixity.BRANCH, branch, (Outcome(),))

    def _asked(self, node: cst.Call, api: Api, asked: cst.BaseExpression, others: Term, at: At) -> Iterator[Hit]:
        value = at.value(asked)
        text = value.constant if isinstance(value.constant, str) else None
        default = _default(asked, value, at) if text is None else None
        known = text or default
        if known is not None and not is_repository(known, api, at.vocabulary):
            return
        if known is None and (value.literal is not None or value.call is not None):
            return  # None, or an object that was made before
        artefact, ref = behind(api, known or "")
        artefact = presentable(artefact)
        fixed, ref = (fixity(ref), ref) if ref else _fixed(node, api, at)
        if api.fixed_by == "/version" and ref:
            return
        if fixed is Fixity.FIXED or (known and self._allowed(artefact)):
            return
        if fixed is Fixity.TAG and self.options.get("allow-tags"):
            return
        runs_code = fixed is not Fixity.TAG and _is_on(node, "trust_remote_code", at)
        elsewhere = (
            IsText(at.path, value.reference, repository_pattern(api, at.vocabulary)) if value.reference else FALSE
        )
        sure = Confidence.LOW if fixed is Fixity.UNKNOWN else Confidence.MEDIUM if text is None else Confidence.HIGH
        severity = Severity.NOTE if fixed is Fixity.TAG else Severity.ERROR if runs_code else None
        if api.fixed_by == "check_hash":
            severity = Severity.NOTE
        outcomes = (
            Outcome(all_of(TRUE if known else elsewhere, others), sure, severity),
            Outcome(FALSE if known else others, Confidence.LOW, severity),
        )
        recipes = _recipes(node, artefact, at) if api.fixed_by == "revision" and fixed is not Fixity.TAG else ()
        yield self._hit(node, artefact or asked, fixed, ref, outcomes, recipes, runs_code=runs_code)

    def _hit(
        self,
        node: cst.CSTNode,
        artefact: str | cst.CSTNode,
        fixed: Fixity,
        ref: str,
        outcomes: tuple[Outcome, ...],
        recipes: tuple[Recipe, ...] = (),
        *,
        runs_code: bool = False,
    ) -> Hit:
        named = isinstance(artefact, str)
        return Hit(
            node,
            {"artefact": artefact, "revision": f"`{ref}`"},
            variant="remote-code" if runs_code else _VARIANTS.get(fixed, ""),
            outcomes=outcomes,
            concept=f"artefact:{artefact}" if named else "",
            value=f"{artefact}@{ref}" if named and ref else str(artefact) if named else "",
            recipes=recipes,
        )

    def _allowed(self, artefact: str) -> bool:
        return artefact.removeprefix("hf-hub:").partition("/")[0] in self.options.get("allow-orgs", ())


def _recipes(node: cst.Call, artefact: str, at: At) -> tuple[Recipe, ...]:
    """The commit that the project downloads of it elsewhere; none where arguments that are spread into the call
    say another."""
    if not artefact or (keyword(node, "revision") is None and _argument(node, "revision", at) is not None):
        return ()
    given = (("keyword", "revision"), ("artefact", artefact))
    return (Recipe("add-argument", "download revision", "unsafe", given, wants="revision"),)


def _last_name(func: cst.BaseExpression) -> str:
    return func.attr.value if type(func) is cst.Attribute else func.value if type(func) is cst.Name else ""


def _reference(func: cst.BaseExpression, at: At) -> str:
    """What is called; a class method of a class of this file is that of its base."""
    reference = at.reference(func)
    klass = at.value(func.value).klass if type(func) is cst.Attribute else None
    if klass is None or not reference.startswith("@."):
        return reference
    base = next((each for each in klass.bases if api_of(f"{each}.{_last_name(func)}", at.vocabulary)), "")
    return f"{base}.{_last_name(func)}" if base else reference


def _fixed(node: cst.Call, api: Api, at: At) -> tuple[Fixity, str]:
    """What the arguments beside the id say of its version."""
    given = _argument(node, api.fixed_by, at)
    if given is None:
        spread = any(each.star == "**" and at.value(each.value).columns is None for each in node.args)
        return (Fixity.UNKNOWN if spread else Fixity.NONE), ""
    if isinstance(given.constant, str):
        return fixity(given.constant), given.constant
    nothing = given.literal is not None and given.constant in (None, False)
    return (Fixity.NONE if nothing else Fixity.FIXED), ""


def _argument(node: cst.Call, name: str, at: At) -> Value | None:
    """A keyword argument, also of a dict that is spread into the call."""
    given = keyword(node, name)
    if given is not None:
        return at.value(given.value)
    for each in node.args:
        columns = at.value(each.value).columns if each.star == "**" else None
        if columns is not None and name in columns:
            return columns[name]
    return None


def _is_on(node: cst.Call, name: str, at: At) -> bool:
    given = _argument(node, name, at)
    return given is not None and given.constant is True


def _names_local_source(node: cst.Call, at: At) -> bool:
    source = _argument(node, "source", at)
    return source is not None and source.constant == "local"


def _default(asked: cst.BaseExpression, value: Value, at: At) -> str | None:
    """The default of the parameter that ``asked`` is, or that an attribute of self is set from."""
    if value.parameter < 0 or at.function is None:
        return None
    function = at.function
    if type(asked) is cst.Attribute:
        made = at.klass.methods.get("__init__") if at.klass is not None else None
        if made is None:
            return None
        function = made
    params = function.node.params
    named = (*params.posonly_params, *params.params, *params.kwonly_params)
    if value.parameter >= len(named):
        return None
    parameter = named[value.parameter]
    if type(asked) is cst.Name and asked.value != parameter.name.value:
        return None
    return string(parameter.default) if parameter.default is not None else None


def _moving_text(node: cst.SimpleString | cst.FormattedString) -> str:
    """The text of a URL that may be one of a branch, ``{}`` for its unknown parts; "" for any other."""
    if isinstance(node, cst.SimpleString):
        text = node.value.strip("rRbBuU\"'")
    else:
        text = "".join(part.value if isinstance(part, cst.FormattedStringText) else "{}" for part in node.parts)
    return text if ("/main/" in text or "/master/" in text) and not any(map(str.isspace, text)) else ""

"""Which functions hold a model."""

from __future__ import annotations

import libcst as cst
import pytest

from mldebt import vocabulary
from mldebt.terms import TRUE, Carries, Term
from mldebt.traits.inference import Holdings
from mldebt.traits.values import Evidence, Trait, Value

IMPORTS = {
    "joblib": "joblib", "pickle": "pickle", "YOLO": "ultralytics.YOLO", "AutoTokenizer": "transformers.AutoTokenizer",
    "predict_risk": "app.risk.predict_risk", "Ridge": "app.hills.Ridge", "predict": "sklearn.predict",
}  # fmt: skip


def holds(body: str) -> Term | None:
    """The condition under which a function with ``body`` holds a model, ``None`` when it does not."""
    module = cst.parse_module(f"def f(self, x, model):\n    {body}\n")
    function = module.body[0]
    assert isinstance(function, cst.FunctionDef)
    loaded = Value(traits={Trait.MODEL: Evidence(10)})
    found = Holdings(vocabulary.load(), "app/api.py").of(function, IMPORTS, {"generator": loaded, "writer": Value()})
    return None if found is None else found.when


@pytest.mark.parametrize(
    "body",
    [
        "return model.predict_proba(x)",
        "return anything.predict(x)",
        "self.clf.fit(x)",
        "return self.spam_classifier.classify(x)",
        "return models[0].encode(x)",
        "return get_model().transform(x)",
        "return self.net(x)",
        "return model(x)",
        "return generator(x)",
        "return joblib.load('model.joblib')",
        "return YOLO('weights.pt')",
        "return client.chat.completions.create(model='m', messages=x)",
        "return [model.predict(each) for each in x]",
    ],
)
def test_asking_training_or_loading_a_model_is_holding_it(body: str) -> None:
    assert holds(body) == TRUE


@pytest.mark.parametrize(
    "body",
    [
        "return x.encode('utf-8')",
        "return self.video.encode(x)",
        "return AutoTokenizer.from_pretrained('some/name')",
        "return Ridge()",
        "return writer(x)",
        "return self.get_model(x)",
        "return self.Model(x)",
        "self.messages.create(x)",
        "return 'weather'.forecast(x)",
        "return x.transform(x)",
    ],
)
def test_what_only_sounds_like_it_is_not(body: str) -> None:
    assert holds(body) is None


def test_a_function_of_another_file_is_asked() -> None:
    when = holds("return predict_risk(x)")

    assert when is not None
    assert when != TRUE
    assert Carries("app/api.py", "app.risk.predict_risk()", Trait.PREDICTION.value) in getattr(when, "terms", ())

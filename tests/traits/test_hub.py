"""Which texts name something on a hub, and how far a version fixes it."""

from __future__ import annotations

import time

import pytest

from mldebt import vocabulary
from mldebt.traits.hub import Fixity, api_of, behind, fixity, is_repository, moving_url, presentable

WORDS = vocabulary.load({})
MODEL, DATA = "transformers.AutoModel.from_pretrained", "datasets.load_dataset"


@pytest.mark.parametrize(
    ("call", "text", "expected"),
    [
        (MODEL, "example-org/encoder", True),
        (MODEL, "bert-base-uncased", True),
        (MODEL, "gpt2", True),
        (MODEL, "encoder", False),
        (MODEL, "best-encoder", False),
        (MODEL, "./encoder-2", False),
        (MODEL, "/srv/encoder-2", False),
        (MODEL, "~/encoder-2", False),
        (MODEL, "../encoder-2", False),
        (MODEL, "models/encoder", False),
        (MODEL, "saved_models/encoder", False),
        (MODEL, "encoder/final", False),
        (MODEL, "encoder/checkpoint", False),
        (MODEL, "example-org/encoder/weights", False),
        (MODEL, "example-org/encoder.gguf", False),
        (MODEL, "C:\\encoder-2", False),
        (DATA, "imdb", True),
        (DATA, "csv", False),
        (DATA, "data", False),
        (DATA, "my_rows", False),
        (DATA, "reviews.py", False),
        ("huggingface_hub.hf_hub_download", "models/encoder", True),
        ("transformers.pipeline", "example-org/encoder", True),
        ("timm.create_model", "resnet50.a1_in1k", False),
        ("timm.create_model", "hf-hub:example-org/encoder", True),
        ("torch.hub.load", "example-org/vision:v0.6.0", True),
        ("torch.hub.load", ".", False),
        ("tensorflow_hub.load", "artifacts/encoder", False),
        ("torch.hub.load_state_dict_from_url", "https://weights.example.org/net.pth", True),
        ("torch.hub.load_state_dict_from_url", "https://weights.example.org/net-0676ba61.pth", False),
    ],
)
def test_ids_are_told_from_folders(call: str, text: str, expected: bool) -> None:
    api = api_of(call, WORDS)
    assert api is not None
    assert is_repository(text, api, WORDS) is expected


@pytest.mark.parametrize(
    "reference",
    [
        "vertexai.language_models.TextEmbeddingModel.from_pretrained",
        "torch.load",
        "app.evaluate.load",
        "pipeline",
        "load",
    ],
)
def test_a_call_of_another_library_downloads_nothing(reference: str) -> None:
    assert api_of(reference, WORDS) is None


def test_a_method_of_an_object_is_a_call_of_its_library() -> None:
    assert api_of("huggingface_hub.HfApi().snapshot_download", WORDS) is not None


@pytest.mark.parametrize(
    ("ref", "expected"),
    [
        ("", Fixity.NONE),
        ("main", Fixity.BRANCH),
        ("refs/pr/3", Fixity.BRANCH),
        ("v1.0", Fixity.TAG),
        ("fp16", Fixity.TAG),
        ("20240501", Fixity.TAG),
        ("5f0c1d2", Fixity.FIXED),
        ("5f0c1d2e3b4a59687766554433221100ffeeddcc", Fixity.FIXED),
    ],
)
def test_only_a_commit_is_fixed(ref: str, expected: Fixity) -> None:
    assert fixity(ref) is expected


@pytest.mark.parametrize(
    ("call", "text", "expected"),
    [
        ("torch.hub.load", "o/r:v1", ("o/r", "v1")),
        ("torch.hub.load", "o/r", ("o/r", "")),
        ("timm.create_model", "hf-hub:o/r@abc", ("hf-hub:o/r", "abc")),
        ("timm.create_model", "hf-hub:o/r", ("hf-hub:o/r", "")),
        ("tensorflow_hub.load", "https://hub.example.org/x/4", ("https://hub.example.org/x/4", "4")),
        ("tensorflow_hub.load", "https://hub.example.org/x/4?a=b", ("https://hub.example.org/x/4?a=b", "4")),
        ("tensorflow_hub.load", "https://hub.example.org/x-4", ("https://hub.example.org/x-4", "")),
    ],
)
def test_a_version_behind_the_id_is_found(call: str, text: str, expected: tuple[str, str]) -> None:
    api = api_of(call, WORDS)
    assert api is not None
    assert behind(api, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://huggingface.co/o/r/resolve/main/a.onnx", ("o/r", "main")),
        ("https://huggingface.co/datasets/o/r/resolve/main/a.csv?x=1", ("datasets/o/r", "main")),
        ("{}/o/r/resolve/main/a.onnx", ("o/r", "main")),
        ("https://huggingface.co/{}/{}/raw/master/a.json", ("{}/{}", "master")),
        ("https://huggingface.co/o/r/resolve/v1/a.onnx", None),
        ("https://huggingface.co/o/r/blob/main/a.onnx", None),
        ("https://huggingface.co/o/r/resolve/main/a.PNG?x=1", None),
        ("https://git.example.org/o/r/resolve/main/a.onnx", None),
    ],
)
def test_a_url_of_a_branch_is_known(text: str, expected: tuple[str, str] | None) -> None:
    assert moving_url(text) == expected


@pytest.mark.parametrize("text", ["a" * 300, "a_" * 150, "a/" * 150, "a-1" * 100, "models_" * 40 + "/x"])
def test_a_hostile_id_costs_nothing(text: str) -> None:
    began = time.perf_counter()
    for call in (MODEL, DATA, "torch.hub.load_state_dict_from_url", "tensorflow_hub.load"):
        api = api_of(call, WORDS)
        assert api is not None
        is_repository(text, api, WORDS)
    moving_url(text + "/resolve/main/")
    assert time.perf_counter() - began < 0.5


def test_a_message_holds_no_password() -> None:
    shown = presentable("https://me:hunter2@weights.example.org/net.pth?signature=abc")
    assert shown == "https://weights.example.org/net.pth"

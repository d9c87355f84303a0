"""compose, Kubernetes, Helm and CI."""

from __future__ import annotations

import textwrap

from mldebt.facts.variables import DeclaredVariable, VariableFile
from mldebt.sources.variables import read
from tests.sources.variables.declared import declared, facts, notices, reads

COMPOSE = """\
    x-common: &common
      LOG_LEVEL: info
      WORKERS: 2
    services:
      api:
        build:
          context: .
          args:
            WITH_CUDA: "0"
        env_file:
          - .env
          - path: ../shared.env
        environment:
          <<: *common
          WORKERS: 4
          ENABLE_CACHE: ${ENABLE_CACHE:-true}
          EMPTY:
          DB_PASSWORD: hunter2
      db:
        image: postgres:16
        environment:
          - POSTGRES_DB=app
          - PASSED_ON
          # - NOT=$EITHER
        command: serve --port $PORT --price $$5
    """


def test_compose() -> None:
    assert declared("docker-compose.yml", COMPOSE) == [
        ("api", "LOG_LEVEL", "info", 2), ("api", "WITH_CUDA", "0", 9), ("api", "WORKERS", "4", 15),
        ("api", "ENABLE_CACHE", "${ENABLE_CACHE:-true}", 16), ("api", "EMPTY", "", 17), ("api", "DB_PASSWORD", "", 18),
        ("db", "POSTGRES_DB", "app", 22), ("db", "PASSED_ON", "", 23),
    ]  # fmt: skip
    assert reads("docker-compose.yml", COMPOSE) == [("ENABLE_CACHE", "true", 16), ("PORT", None, 25)]
    found = {one.name: one for one in facts("compose.prod.yaml", COMPOSE, DeclaredVariable)}
    assert found["POSTGRES_DB"].foreign
    assert not found["WORKERS"].foreign
    assert found["PASSED_ON"].has_value is found["EMPTY"].has_value is False
    assert (found["DB_PASSWORD"].secret, found["DB_PASSWORD"].source_line) == (True, "DB_PASSWORD")
    assert {one.environment for one in found.values()} == {"prod"}
    files = facts("deploy/compose.yml", COMPOSE, VariableFile)
    assert [(one.target, one.service, one.place.span.line) for one in files] == [
        ("deploy/.env", "api", 11), ("shared.env", "api", 12),
    ]  # fmt: skip


def test_kubernetes() -> None:
    text = """\
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: scorer}
        spec:
          template:
            spec:
              containers:
                - name: api
                  args: ["--port=$(PORT)"]
                  env:
                    - name: ENABLE_CACHE
                      value: "true"
                    - name: DB_URL
                      valueFrom: {secretKeyRef: {name: db, key: url}}
                    - name: NODE
                      valueFrom: {fieldRef: {fieldPath: spec.nodeName}}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings}
        data:
          BATCH_SIZE: "32"
          app.conf: |
            A=1
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: keys}
        stringData: {LICENCE: abc}
        """
    assert declared("k8s/overlays/prod/all.yaml", text) == [
        ("scorer", "ENABLE_CACHE", "true", 11), ("scorer", "DB_URL", "", 13), ("scorer", "NODE", "", 15),
        ("settings", "BATCH_SIZE", "32", 22), ("keys", "LICENCE", "", 29),
    ]  # fmt: skip
    assert reads("k8s/all.yaml", text) == [("PORT", None, 9)]
    found = {one.name: one for one in facts("k8s/overlays/prod/all.yaml", text, DeclaredVariable)}
    assert [name for name, one in found.items() if one.secret] == ["DB_URL", "LICENCE"]
    assert {one.environment for one in found.values()} == {"prod"}
    assert "abc" not in repr(read("k8s/all.yaml", textwrap.dedent(text).encode()))


def test_a_cron_job_and_a_kustomization() -> None:
    spec = "{jobTemplate: {spec: {template: {spec: {containers: [{env: [{name: A, value: x}]}]}}}}}"
    text = f"apiVersion: batch/v1\nkind: CronJob\nspec: {spec}\n"
    assert declared("cron.yml", text) == [("", "A", "x", 3)]
    text = "configMapGenerator:\n- name: settings\n  literals:\n  - A=1\n"
    assert declared("kustomization.yaml", text) == [("settings", "A", "1", 4)]


def test_other_yaml_says_nothing() -> None:
    text = "env:\n  - name: A\n    value: b\nkind: thing\n"
    assert read("config/model.yaml", text.encode()).facts == ()
    assert read("config/model.yaml", b"a: [").notices == ()


def test_a_template_is_passed_over_and_its_plain_documents_are_read() -> None:
    text = """\
        apiVersion: v1
        kind: ConfigMap
        data:
          {{- range .Values.x }}
          A: {{ . }}
          {{- end }}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: plain}
        data: {B: "{{ .Values.b }}"}
        """
    assert declared("templates/config.yaml", text) == [("plain", "B", "{{ .Values.b }}", 11)]
    assert not notices("templates/config.yaml", text)


def test_helm_values() -> None:
    text = """\
        env:
          TOP: 1
        api:
          extraEnv:
            - name: ENABLE_CACHE
              value: "1"
          env: {tier: gold}
        """
    assert declared("chart/values-staging.yaml", text) == [("", "TOP", "1", 2), ("api", "ENABLE_CACHE", "1", 5)]


def test_github_actions() -> None:
    text = """\
        env: {A: 1}
        jobs:
          train:
            environment: production
            env:
              B: ${{ secrets.B }}
            services:
              db: {image: postgres, env: {C: x}}
            steps:
              - env: {D: "2"}
                run: |
                  export E=5
                  echo "$F" '${NOT}' ${{ env.G }}
              - uses: docker/build-push-action@v6
                with:
                  build-args: |
                    H=1
        """
    path = ".github/workflows/train.yml"
    assert declared(path, text) == [
        ("", "A", "1", 1), ("train", "B", "${{ secrets.B }}", 6), ("train.db", "C", "x", 8), ("train", "D", "2", 10),
        ("train", "E", "5", 12), ("train", "H", "1", 17),
    ]  # fmt: skip
    assert reads(path, text) == [("F", None, 13), ("G", None, 13)]
    found = facts(path, text, DeclaredVariable)
    assert [one.environment for one in found] == ["", "prod", "prod", "prod", "prod", "prod"]
    assert [one.name for one in found if one.foreign] == ["C"]


def test_gitlab_ci() -> None:
    text = """\
        variables:
          A: "1"
          B: {value: "2", description: shown in the form}
        train:
          environment: {name: staging}
          variables: {C: "3"}
          rules:
            - if: $CI_COMMIT_TAG
              variables: {D: "4"}
          script:
            - python train.py --rate $RATE
            - !reference [.setup, script]
        """
    path = ".gitlab-ci.yml"
    assert declared(path, text) == [
        ("", "A", "1", 2), ("", "B", "2", 3), ("train", "C", "3", 6), ("train", "D", "4", 9),
    ]  # fmt: skip
    assert reads(path, text) == [("RATE", None, 11)]
    assert [one.environment for one in facts(path, text, DeclaredVariable)] == ["", "", "staging", "staging"]


def test_a_document_that_breaks_is_one_notice_without_its_text() -> None:
    text = (
        "services:\n  a: {environment: [A=1]}\n---\nservices: [hunter2\n---\nservices:\n  b:\n    environment: {B: 2}\n"
    )
    assert declared("compose.yml", text) == [("a", "A", "1", 2), ("b", "B", "2", 8)]
    (notice,) = notices("compose.yml", text)
    assert (notice.kind, notice.line) == ("malformed-variables", 5)
    assert "hunter2" not in notice.message


def test_keys_that_stand_twice() -> None:
    text = "services:\n  a:\n    environment: {A: 1, A: 2}\n    environment: {B: 3}\n"
    assert [(name, value) for _, name, value, _ in declared("compose.yml", text)] == [("A", "1")]


def test_odd_separators_of_lines_move_no_place() -> None:
    text = "# \u2028 \x85\nservices:\n  a:\n    environment: [A=1]\n"
    assert declared("compose.yml", text) == [("a", "A", "1", 4)]

"""Learning categories: from a file, on the command line, from workers' decisions."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from petitions.actions import handling
from petitions.classifying import current, history
from petitions.classifying.classifier import Classifier, ClassifierUnreadable, load
from petitions.classifying.grams import count_runs
from petitions.classifying.training import Example, TrainingRefused, train
from petitions.models import Category, Petition
from petitions.proposals import propose_category
from tests.factories import NOW, Cast, make_petition
from tests.petitions.labelled import WORDS, messages


@pytest.fixture(scope="module")
def trained() -> Classifier:
    return train(messages(), at=NOW, source="test")


@pytest.fixture
def in_use(trained: Classifier, tmp_path: Path, settings: object) -> Path:
    """The classifier that the portal asks, in a place of its own."""
    path = tmp_path / "classifier.npz"
    settings.CLASSIFIER_FILE = path  # type: ignore[attr-defined]
    trained.save(path)
    return path


def write(path: Path, rows: list[list[str]], encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def labelled_rows() -> list[list[str]]:
    return [["title", "text", "label"], *([each.title, each.text, each.label] for each in messages())]


class TestRanking:
    def test_every_label_has_a_chance_and_the_likeliest_comes_first(self, trained: Classifier) -> None:
        ranked = trained.ranked("", "我家一直停水")
        chances = [chance for _label, chance in ranked]
        assert ranked[0][0] == "水电气热"
        assert {label for label, _chance in ranked} == set(WORDS)
        assert chances == sorted(chances, reverse=True)
        assert sum(chances) == pytest.approx(1)

    def test_many_at_once_are_ranked_as_one_by_one(self, trained: Classifier) -> None:
        said = [("停水", "没水用"), ("", ""), ("", "低保"), ("垃圾", "")] * 100
        assert trained.ranked_many(said) == [trained.ranked(*each) for each in said]

    @given(title=st.text(max_size=50), text=st.text(max_size=300))
    def test_any_words_get_an_answer(self, trained: Classifier, title: str, text: str) -> None:
        assert sum(chance for _label, chance in trained.ranked(title, text)) == pytest.approx(1)

    @given(st.text(alphabet="ab停水\U0001f6b0", max_size=12))
    def test_runs_are_counted_without_collisions(self, text: str) -> None:
        said = " ".join(text.lower().split())
        runs = [said[at : at + size] for size in (1, 2, 3) for at in range(len(said) - size + 1)]
        counted = count_runs([("", text)])
        assert sorted(counted.counts.tolist()) == sorted(runs.count(run) for run in set(runs))

    def test_a_run_in_the_title_is_another_one(self) -> None:
        assert not set(count_runs([("停水", "")]).keys.tolist()) & set(count_runs([("", "停水")]).keys.tolist())


class TestTraining:
    def test_it_tells_how_well_it_does(self, trained: Classifier) -> None:
        assert trained.about["examples"] == len(messages())
        assert trained.about["macro_f1"] > 0.9
        assert set(trained.about["f1"]) == set(WORDS)

    def test_a_label_too_rare_is_left_out_and_named(self) -> None:
        found = train([*messages(), Example("", "请问几点开门", "咨询")], at=NOW, source="test")
        assert found.about["left_out"] == {"咨询": 1}
        assert "咨询" not in found.labels

    def test_weight_decides_between_two_opinions(self) -> None:
        def said(label: str, weight: float) -> list[Example]:
            return [Example("", f"门口的灯{label[:1]}{n}", label, weight) for n in range(20)]

        rest = messages()
        for heavy in ("公共设施", "物业管理"):
            other = "物业管理" if heavy == "公共设施" else "公共设施"
            found = train([*rest, *said(heavy, 50.0), *said(other, 0.02)], at=NOW, source="test")
            assert found.ranked("", "门口的灯")[0][0] == heavy

    @pytest.mark.parametrize("examples", [[], [Example("", "停水", "水")] * 50, [Example("", "", "水")] * 50])
    def test_too_little_is_refused(self, examples: list[Example]) -> None:
        with pytest.raises(TrainingRefused, match="至少要有两个类别"):
            train(examples, at=NOW, source="test")


class TestFile:
    def test_it_comes_back_as_it_was(self, trained: Classifier, tmp_path: Path) -> None:
        path = tmp_path / "deep" / "c.npz"
        trained.save(path)
        found = load(path)
        assert found.about == trained.about
        assert found.ranked("停水", "没水") == trained.ranked("停水", "没水")
        assert [each.name for each in path.parent.iterdir()] == ["c.npz"]
        assert path.stat().st_mode & 0o077 == 0

    @pytest.mark.parametrize("content", [b"", b"not an archive", b"PK\x03\x04 broken"])
    def test_what_is_no_classifier_is_said(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "c.npz"
        path.write_bytes(content)
        with pytest.raises(ClassifierUnreadable, match="不是分类模型"):
            load(path)

    def test_no_code_is_taken_from_a_file(self, tmp_path: Path) -> None:
        path = tmp_path / "c.npz"
        np.savez(path, text=np.array([{"format": 1}], dtype=object))
        with pytest.raises(ClassifierUnreadable):
            load(path)

    def test_another_format_is_named(self, tmp_path: Path) -> None:
        path = tmp_path / "c.npz"
        np.savez(path, text=np.frombuffer(json.dumps({"format": 99}).encode(), np.uint8))
        with pytest.raises(ClassifierUnreadable, match="格式 99"):
            load(path)

    def test_a_new_file_is_taken_up_and_a_broken_one_counts_as_none(
        self, in_use: Path, trained: Classifier, caplog: pytest.LogCaptureFixture
    ) -> None:
        first = current.current()
        assert first is not None
        assert current.current() is first
        trained.save(in_use)
        again = current.current()
        assert again is not None
        assert again is not first
        in_use.write_bytes(b"broken")
        assert [current.current() for _again in range(3)] == [None] * 3
        assert len(caplog.records) == 1
        in_use.unlink()
        assert current.current() is None

    def test_answering_needs_no_training_library(self, in_use: Path) -> None:
        code = (
            "import sys; from pathlib import Path; from petitions.classifying.classifier import load;"
            "load(Path(sys.argv[1])).ranked('停水', '没水');"
            "print({'sklearn', 'scipy'} & {*sys.modules})"
        )
        answer = subprocess.run([sys.executable, "-c", code, in_use], capture_output=True, text=True, check=True)
        assert answer.stdout.strip() == "set()"


class TestCommands:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
    def test_train_then_classify(self, tmp_path: Path, encoding: str, capsys: pytest.CaptureFixture[str]) -> None:
        model, out = tmp_path / "c.npz", tmp_path / "out.csv"
        call_command("train_classifier", write(tmp_path / "in.csv", labelled_rows(), encoding), out=model)
        assert "五折交叉验证：macro-F1" in capsys.readouterr().out
        asked = [["no", "title", "text"], ["7", "停水了", "从早上起\n没水"], ["", "", ""], ["8", "", "想问问低保"]]
        source = write(tmp_path / "ask.csv", asked, encoding)
        call_command("classify", source, out=out, classifier=model)
        first, empty, last = read(out)
        assert list(first) == ["no", "title", "text", "label", "score", "label_2", "score_2", "label_3", "score_3"]
        assert (first["no"], first["text"], first["label"], last["label"]) == (
            "7", "从早上起\n没水", "水电气热", "社会救助",
        )  # fmt: skip
        assert float(first["score"]) > float(first["score_2"]) >= float(first["score_3"])
        assert empty["no"] == ""
        assert out.read_bytes().startswith(b"\xef\xbb\xbf") == (encoding == "utf-8-sig")

    def test_a_label_that_was_given_stays(self, in_use: Path, tmp_path: Path) -> None:
        out = tmp_path / "out.csv"
        call_command("classify", write(tmp_path / "in.csv", labelled_rows()), out=out, classifier=in_use)
        rows = read(out)
        assert len(rows) == len(messages())
        assert sum(row["label"] == row["given_label"] for row in rows) > len(rows) * 0.95

    def test_without_a_classifier_keywords_decide(
        self, db: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        out = tmp_path / "out.csv"
        source = write(tmp_path / "in.csv", [["text"], ["停水了，暖气也不热"], ["你好"]])
        call_command("classify", source, out=out, classifier=tmp_path / "none.npz")
        first, second = read(out)
        assert (first["label"], second["label"], second["score"]) == ("水电气热", "", "")
        assert "按类别的关键词判断" in capsys.readouterr().err

    @pytest.mark.parametrize(
        ("rows", "says"),
        [
            ([["a", "b"], ["1", "2"]], "要有这些列：title、text、label；读到的是：a、b"),
            ([["title", "text"], ["1", "2"]], "要有这些列"),
            ([["title", "text", "label"], ["停水", "", "水"]], "至少要有两个类别"),
            ([], "文件是空的"),
        ],
    )
    def test_an_unusable_file_is_refused_in_one_line(self, tmp_path: Path, rows: list[list[str]], says: str) -> None:
        model = tmp_path / "c.npz"
        with pytest.raises(CommandError, match=says):
            call_command("train_classifier", write(tmp_path / "in.csv", rows), out=model)
        assert not model.exists()

    def test_a_missing_file_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(CommandError, match=r"none\.csv"):
            call_command("classify", tmp_path / "none.csv", out=tmp_path / "out.csv")


class TestHistory:
    def test_workers_teach_it(
        self, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: object
    ) -> None:
        monkeypatch.setattr(history, "FEWEST", 30)
        settings.CLASSIFIER_FILE = tmp_path / "c.npz"  # type: ignore[attr-defined]
        sanitation, utility = Category.objects.get(code="sanitation"), Category.objects.get(code="utility")
        with pytest.raises(CommandError, match="只有 0 件，不足 30 件"):
            call_command("train_classifier", from_history=True)
        for n in range(18):
            make_petition(cast, text=f"鸽子在窗台做窝{n}", category=utility if n < 9 else sanitation)
            make_petition(cast, by=cast.head, text=f"水表读数不对{n}", category=utility)
        for petition in Petition.objects.filter(text__contains="鸽子", category=utility):
            handling.petition_classify(petition.pk, by=cast.head, at=NOW, category_id=sanitation.pk)
        Petition.objects.update(state="closed")
        assert {each.weight for each in history.history() if "鸽子" in each.text} == {1.0, history.CORRECTED}
        call_command("train_classifier", from_history=True, out=tmp_path / "c.npz")
        proposal = propose_category("", "鸽子又来窗台做窝")
        assert (proposal.category, proposal.chance is not None) == (sanitation, True)

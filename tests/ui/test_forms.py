"""How a form reads: labels, hints, errors and the summary."""

from django import forms


class Ask(forms.Form):
    text = forms.CharField(label="什么事", help_text="用自己的话说", widget=forms.Textarea)
    place = forms.CharField(label="在哪里", required=False)
    reply = forms.ChoiceField(label="怎么回复", widget=forms.RadioSelect, choices=[("p", "电话"), ("n", "不用")])
    agree = forms.BooleanField(label="已看过说明")

    def clean(self) -> dict[str, object]:
        if self.cleaned_data.get("place") == "火星":
            raise forms.ValidationError("这里不归我们管")
        return self.cleaned_data


def test_required_fields_say_so_in_words() -> None:
    drawn = str(Ask())
    assert drawn.count("必填") == 3
    assert "*" not in drawn


def test_hint_and_error_are_bound_to_the_field() -> None:
    drawn = str(Ask({"reply": "p", "agree": "on"}))
    assert 'aria-describedby="id_text_helptext id_text_error"' in drawn
    assert 'aria-invalid="true"' in drawn
    assert 'id="id_text_helptext"' in drawn
    assert 'id="id_text_error"' in drawn


def test_the_summary_counts_and_links_to_each_field() -> None:
    form = Ask({"place": "火星"})
    drawn = str(form)
    assert "有 4 处要改" in drawn
    assert "这里不归我们管" in drawn
    for name in ("text", "reply", "agree"):
        assert f'href="#id_{name}"' in drawn
        assert f'id="id_{name}"' in drawn


def test_nothing_is_wrong_before_sending() -> None:
    drawn = str(Ask())
    assert "要改" not in drawn
    assert "aria-invalid" not in drawn


def test_choices_are_a_group_with_a_name() -> None:
    drawn = str(Ask())
    assert "<fieldset>" in drawn
    assert "<legend>怎么回复" in drawn


def test_hints_are_escaped() -> None:
    form = Ask()
    form.fields["text"].help_text = "<script>"
    assert "<script>" not in str(form)

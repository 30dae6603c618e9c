"""What a spoken line may become as a title, and what it must not: written for this test, nobody's words."""

from __future__ import annotations

import re
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resources.spacy_parser import EnglishGrammar, SpacyParser
from shortform_assets.selection.read.script import is_content, plain_text, stem, tokenize
from shortform_assets.selection.say.parsed_clause import NEGATIONS, ParsedClause
from shortform_assets.selection.say.spoken_fillers import bare_sentence
from shortform_assets.selection.say.title_checks import TITLE_LENGTH, balanced, faults
from shortform_assets.selection.say.title_lines import ClipLine, title_lines


@pytest.fixture(scope="module")
def parser() -> SpacyParser:
    return EnglishGrammar().load()


NOTHING = ""
LINES = [
    # said, the title that must be found, one that must not
    ("And so, you know, most bakeries fail in their second winter.", "Most bakeries fail in their second winter", "Fail"),
    ("I think that sourdough is a lesson in patience.", "Sourdough is a lesson in patience", NOTHING),
    ("That's why the best bakers go to bed at eight.", "The best bakers go to bed at eight", "That's why"),
    ("The truth is that nobody tastes the difference.", "Nobody tastes the difference", "Tastes the difference"),
    ("It turns out our cheapest loaf paid the rent.", "Our cheapest loaf paid the rent", NOTHING),
    ("I realized that a recipe is only a promise.", "A recipe is only a promise", "A recipe is a promise"),
    ("We sold the van because the brakes had failed twice.", "We sold the van", "The brakes had failed"),
    ("We sold the van because the brakes had failed twice.", "The brakes had failed twice", NOTHING),
    ("I didn't close the shop because I was tired.", "I didn't close the shop because I was tired", "I was tired"),
    ("I didn't close the shop because I was tired.", NOTHING, "I didn't close the shop"),
    ("If the flour is old, the bread falls apart.", "If the flour is old, the bread falls apart", "The bread falls apart"),
    ("If the flour is old, the bread falls apart.", NOTHING, "The flour is old"),
    ("Unless you pay the miller, the mill stops.", "Unless you pay the miller, the mill stops", "The mill stops"),
    ("She told me that the mill was haunted.", NOTHING, "The mill was haunted"),
    ("People say that rye is dead.", "People say that rye is dead", "Rye is dead"),
    ("I don't think rye is dead.", "I don't think rye is dead", "Rye is dead"),
    ("Maybe the whole town was asleep.", NOTHING, "The whole town was asleep"),
    ("Maybe the whole town was asleep.", NOTHING, "Maybe the whole town was asleep"),
    ("I guess the oven was already broken.", NOTHING, "The oven was already broken"),
    ("I wish the bakery had a garden.", NOTHING, "The bakery had a garden"),
    ("I doubt that the mayor likes bread.", NOTHING, "The mayor likes bread"),
    ("I hope the river stays low.", NOTHING, "The river stays low"),
    ("The mayor thinks bakers are lazy.", "The mayor thinks bakers are lazy", "Bakers are lazy"),
    ("I said the mill was finished.", "I said the mill was finished", "The mill was finished"),
    ("Rye is cheap, but the mill is ruined.", "Rye is cheap, but the mill is ruined", "Rye is cheap"),
    ("Butter is expensive, and margarine tastes of nothing.", "Butter is expensive, and margarine tastes of nothing",
     "Margarine tastes"),
    ("It's not the yeast, it's the water.", "It's not the yeast, it's the water", "It's the water"),
    ("You should never trust a quiet apprentice.", "You should never trust a quiet apprentice", "You should trust a quiet "
     "apprentice"),
    ("Don't open a shop beside a school.", "Don't open a shop beside a school", "Open a shop beside a school"),
    ("Never bake on an empty stomach.", "Never bake on an empty stomach", "Bake on an empty stomach"),
    ("My grandmother baked bread for two armies.", "My grandmother baked bread for two armies", NOTHING),
    ("The inspector, who hated crumbs, closed the kitchen in June.", "The inspector closed the kitchen in June",
     "The inspector closed the kitchen"),
    ("Our accountant, Ruth, found the missing coins.", "Our accountant found the missing coins", "Our accountant found"),
    ("Our third loaf burned while the band was playing.", "Our third loaf burned", "The band was playing"),
    ("We baked two hundred loaves, although nobody had ordered one.", "We baked two hundred loaves", "Nobody had ordered one"),
    ("He burned the first loaf.", NOTHING, "He burned the first loaf"),
    ("This thing changed my life.", NOTHING, "This thing changed my life"),
    ("That was the worst winter of my career.", NOTHING, "That was the worst winter of my career"),
    ("It was amazing.", NOTHING, "It was amazing"),
    ("It's hard to fire your own brother.", "It's hard to fire your own brother", NOTHING),
    ("There are four kinds of crust.", "There are four kinds of crust", NOTHING),
    ("The baker in the winter.", NOTHING, "The baker in the winter"),
    ("Because the oven was bought on credit.", "The oven was bought on credit", "Because the oven was bought on credit"),
    ("Which is why the mill closed.", "The mill closed", "Which is why the mill closed"),
    ("Is rye bread dead?", "Is rye bread dead?", "Rye bread is dead"),
    ("Or why do bakers wake up at three?", "Why do bakers wake up at three?", "Bakers wake up at three"),
    ("The bread is warm, right?", "The bread is warm", "The bread is warm, right?"),
    ("Either the mill opens on Monday or the town starves.", "Either the mill opens on Monday or the town starves",
     "The town starves"),
    ("You know what I mean, the crust was like leather.", "The crust was like leather", NOTHING),
    ("We hired the thief, and he became our best baker.", NOTHING, "He became our best baker"),
    ("Bread and the.", NOTHING, "Bread and the"),
    ("Imagine the mill is on fire.", NOTHING, "The mill is on fire"),
    ("What if the mill burns down?", NOTHING, "The mill burns down"),
    ("What kills a bakery is pride.", "What kills a bakery is pride", "What kills a bakery"),
    ("What the miller wanted.", NOTHING, "What the miller wanted"),
    ("Bakers who sleep late lose their customers.", "Bakers who sleep late lose their customers", "Bakers lose their "
     "customers"),
    ("The old oven cost us nine thousand dollars and a marriage.", "The old oven cost us nine thousand dollars and a "
     "marriage", "The old oven cost us nine thousand dollars"),
    ("No customer has ever asked for the recipe.", "No customer has ever asked for the recipe", "Customer has ever asked for "
     "the recipe"),
    ("We can't bake without salt.", "We can't bake without salt", "We bake without salt"),
    ("My brother hardly ever slept during the harvest.", "My brother hardly ever slept during the harvest", "My brother slept "
     "during the harvest"),
    ("The dough would have doubled if the window had been shut.", "The dough would have doubled if the window had been shut",
     "The dough would have doubled"),
    ("Honestly, um, the flour was stolen.", "The flour was stolen", "Um, the flour was stolen"),
    ("I know the secret of that crust.", NOTHING, "The secret of that crust"),
    ("The secret is that we never wash the pan.", "We never wash the pan", "We wash the pan"),
    ("Sales doubled after the fire.", "Sales doubled after the fire", "Sales doubled"),
    ("The apprentice forgot the salt before the wedding.", "The apprentice forgot the salt before the wedding", "The "
     "apprentice forgot"),
    ("Well, okay, so, the river took the mill in one night.", "The river took the mill in one night", "The river took the mill"),
    ("You have to love mornings, otherwise the trade eats you.", "You have to love mornings, otherwise the trade eats you",
     "The trade eats you"),
    ("Salt is the only spice that matters.", "Salt is the only spice that matters", "Salt is the only spice"),
    ("The sign said \"closed forever.", NOTHING, "The sign said \"closed forever"),
    ("No, the mill is fine.", "The mill is fine", "No, the mill is fine"),
    ("No mill is safe in April.", "No mill is safe in April", "Mill is safe in April"),
    ("So many bakers sleep badly.", "So many bakers sleep badly", "Many bakers sleep badly"),
    ("You were baking in a garage in those years.", NOTHING, "You were baking in a garage in those years"),
    ("You can bake a cake in a flower pot.", "You can bake a cake in a flower pot", NOTHING),
    ("The flour was kind of grey.", NOTHING, "The flour was grey"),
    # Said to somebody, or about the recording.
    ("We talked to you about rye in 2013.", NOTHING, "We talked to you about rye in 2013"),
    ("You're certainly in the minority of bakers.", NOTHING, "You're certainly in the minority of bakers"),
    ("Your first loaf goes back to a garage in Denver.", NOTHING, "Your first loaf goes back to a garage in Denver"),
    ("You would have made a better baker.", NOTHING, "You would have made a better baker"),
    ("We are baking all night, Jerod.", NOTHING, "We are baking all night, Jerod"),
    ("The mill sold flour, salt, and Rye.", "The mill sold flour, salt, and Rye", NOTHING),
    ("Always flour, I'll tell you.", NOTHING, "Always flour, I'll tell you"),
    ("Today I have with me a famous miller.", NOTHING, "Today I have with me a famous miller"),
    ("Today most bread is baked by machines.", "Today most bread is baked by machines", NOTHING),
    ("Like you said, the mill also mentions rye.", NOTHING, "The mill also mentions rye"),
    ("I would love to hear from you bakers.", NOTHING, "I would love to hear from you bakers"),
    ("We were talking about flour the other day.", NOTHING, "We were talking about flour the other day"),
    # Half a sentence, or two.
    ("Unless the baker has data on salt.", NOTHING, "Unless the baker has data on salt"),
    ("Unless the river floods, we bake at four.", "Unless the river floods, we bake at four", "We bake at four"),
    ("Wonder why the baker made ten loaves.", NOTHING, "Wonder why the baker made ten loaves"),
    ("Ten percent is just not I wonder why the rye is dear.", NOTHING, "Ten percent is just not I wonder why the rye is dear"),
    # Nothing named, though it looks so.
    ("My brother parsed it the correct way.", NOTHING, "My brother parsed it the correct way"),
    ("My brother burned his hand on the oven.", "My brother burned his hand on the oven", NOTHING),
    ("It's great if bakers have suggestions.", NOTHING, "It's great if bakers have suggestions"),
    ("It wasn't able to answer the baker.", NOTHING, "It wasn't able to answer the baker"),
    ("It doesn't seem to help any baker.", NOTHING, "It doesn't seem to help any baker"),
    ("It seems that bakers sleep badly.", "It seems that bakers sleep badly", NOTHING),
    ("It's worth protecting the oven.", NOTHING, "It's worth protecting the oven"),
    ("It's not easy bread, but it's not hard bread either.", NOTHING, "It's not easy bread, but it's not hard bread either"),
    ("The baker gave the salt to said child.", NOTHING, "The baker gave the salt to said child"),
    ("Number three was a wrought iron oven.", NOTHING, "Number three was a wrought iron oven"),
    ("The miller wrote a long description of it.", NOTHING, "The miller wrote a long description of it"),
    ("You have an oven, and frankly.", NOTHING, "You have an oven, and frankly"),
    # Openers and fillers that claim nothing.
    ("The mill could grind like 500 sacks.", "The mill could grind 500 sacks", NOTHING),
    ("Thus, the mill closed in April.", "The mill closed in April", "Thus, the mill closed in April"),
    ("Certainly, ovens are primitive machines.", "Ovens are primitive machines", NOTHING),
    ("They have been friends of the mill since like school.", NOTHING, "since like"),
]  # fmt: skip


@pytest.mark.parametrize(("said", "right", "wrong"), LINES)
def test_what_a_line_becomes(parser, said, right, wrong):
    found = {line.text for line in title_lines(parser, [ClipLine(said, 0)])}
    assert not right or right in found
    assert not wrong or wrong not in found


CLIPS = [
    (
        ("Our miller retired in March.", "He sold the wheel to a museum."),
        "Our miller sold the wheel to a museum",
        "",
    ),
    (
        ("The kettle exploded on a Sunday.", "It killed a chicken and two geese."),
        "The kettle killed a chicken and two geese",
        "",
    ),
    # Two who could be meant: nobody is named.
    (("My father met my uncle at noon.", "He was furious with the mayor."), "", "was furious with the mayor"),
    (
        ("The miller phoned the mayor.", "The river was high.", "He sold the wheel to a museum."),
        "",
        "sold the wheel to a museum",
    ),
    (
        ("She hired the miller.", "His wheel was the oldest in town."),
        "The miller's wheel was the oldest in town",
        "",
    ),
    (("How many loaves did you burn?", "Two hundred."), "How many loaves did you burn? Two hundred", ""),
    (("Did the bank lend you the money?", "No."), "Did the bank lend you the money? No", ""),
    (("Would you bake for him?", "Never."), "", "Would you bake for him? Never"),
    (("The oven is safe.", "That's not true."), "", "The oven is safe"),
    (("The oven is safe.", "No."), "", "The oven is safe"),
    (("Rye is dead.", "It isn't."), "", "Rye is dead"),
    (("People always say:", "Bread is dead."), "", "Bread is dead"),
    (("Imagine.", "The mill is on fire."), "", ""),
    # Inside a quotation over several lines, also one whose beginning was cut off.
    (
        ('He wrote, "I love this flour to bits.', "We are proud of every loaf.", 'The mill will explode."'),
        "",
        "proud of every loaf",
    ),
    (("Rye is fast.", 'At least the oven is warm", right? So we bake slowly now.'), "", "Rye is fast"),
    (('The sign said "fresh bread".', "The mill closed in April."), "The mill closed in April", ""),
    (('My old oven is 5" wide.', "The mill closed in April."), "The mill closed in April", ""),
    (("The mill closed in April.", 'The door is 40" wide today.'), "The mill closed in April", ""),
]


@pytest.mark.parametrize(("said", "right", "wrong"), CLIPS)
def test_what_a_clip_says_of_its_own_lines(parser, said, right, wrong):
    found = {line.text for line in title_lines(parser, [ClipLine(text, 0) for text in said])}
    assert not right or right in found
    assert not wrong or not any(wrong in text for text in found)


def test_what_another_calls_his_own_is_not_the_speakers(parser):
    said = ["Our miller retired in March.", "He sold the wheel to a museum."]
    found = {x.text for x in title_lines(parser, [ClipLine(text, n) for n, text in enumerate(said)])}
    assert found == {"Our miller retired in March"}


def test_the_sentence_before_the_clip_may_name_whom_it_is_about(parser):
    line = [ClipLine("She left a note on the oven.", 0)]
    assert [t.text for t in title_lines(parser, line, "Our accountant quit on a Tuesday.")] == [
        "Our accountant left a note on the oven"
    ]
    assert title_lines(parser, line, "Our accountant met the inspector.") == []


OPENINGS = [
    "",
    "And so, you know, ",
    "I think that ",
    "The truth is that ",
    "Honestly, um, ",
    "It turns out ",
]
SUBJECTS = ["the miller", "my oldest oven", "no customer", "most bakers", "nobody in town", "Ruth"]
VERBS = ["never sold", "didn't want", "has burned", "can't stand", "hardly paid for", "might lose", "wants"]
OBJECTS = ["forty loaves", "the red van", "a quiet kitchen", "any debt"]
TAILS = ["", " because the river rose", ", although nobody noticed", " if the bank agrees", ", but the mill survived",
         ", which was a pity", " before the war", " unless it rains", " without salt"]  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_compressing_invents_nothing_loses_no_denial_and_stays_whole(data):
    parts = [data.draw(st.sampled_from(p)) for p in (OPENINGS, SUBJECTS, VERBS, OBJECTS, TAILS)]
    said = "".join([parts[0], parts[1], " ", parts[2], " ", parts[3], parts[4], "."])
    said = said[0].upper() + said[1:]
    parser = PARSER
    stems = {stem(t) for t in tokenize(plain_text(said)) if is_content(t)}
    subject, verb = tokenize(plain_text(parts[1])), tokenize(plain_text(parts[2]))
    for line in title_lines(parser, [ClipLine(said, 0)]):
        tokens = tokenize(plain_text(line.text))
        assert {stem(t) for t in tokens if is_content(t)} <= stems
        assert balanced(line.text)
        assert len(line.text) <= TITLE_LENGTH
        assert not faults(line.text, line.clause)
        if set(verb[-1:]) <= set(tokens):
            # The clause of this verb: what denies or weakens it stays, and so does its condition.
            kept = {t for t in (*subject, *verb) if t in NEGATIONS | {"might", "hardly"} or t.endswith("n't")}
            assert kept <= set(tokens), (said, line.text)
            for condition in ("if", "unless", "without", "before", "but"):
                assert condition not in tokenize(plain_text(parts[4])) or condition in tokens, (
                    said,
                    line.text,
                )


PARSER = EnglishGrammar().load()


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=90))
def test_any_text_is_read(text):
    for line in title_lines(PARSER, [ClipLine(text, 0)]):
        assert not faults(line.text, line.clause)
    bare = bare_sentence(text)
    assert set(tokenize(plain_text(bare))) <= set(tokenize(plain_text(text)))


def test_fillers_are_never_a_denial():
    for filler, denial in product(
        OPENINGS, ("No oven is safe.", "Nobody bakes here.", "Never again, he said.")
    ):
        assert re.search(r"^(?:no|nobody|never)\b", bare_sentence(filler + denial), re.I), filler


def test_a_clause_is_written_without_the_marks_of_what_was_left_out(parser):
    clause = ParsedClause(parser.parse(["The inspector, who hated crumbs, closed the kitchen."])[0])
    gone = {i for i, word in enumerate(clause.words) if 2 <= i <= 6}
    assert clause.text(set(range(len(clause.words))) - gone) == "The inspector closed the kitchen"

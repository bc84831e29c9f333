"""The sentences that made-up articles are made of.

What stands in braces is filled in: {topic}, {term} (a word of the vocabulary), {heads} (a plural that a term can stand
before), {adj}, {adj2}, {noun}, {own} and {other} (the speaker's side and the other one), {place}, {firm}, {months}.
None of what people say begins with a name or a term, so that it can stand anywhere in a sentence as it is.
"""

from tests.benchmarks.words import parts

INDIRECT = parts("""
the talks on {topic} were making progress
both sides were still far apart on {topic}
a settlement on {topic} was within reach
a deal on {topic} was not to be had for the {term} {heads} alone
the {term} {heads} had to come before {topic}
the government had shown a {adj} attitude to {topic}
the offer on {topic} was {adj} but not {adj2}
progress on {topic} depended on the {term} {heads} in {place}
{own} would not be rushed on {topic}
{own} had prepared a {adj} plan for {topic} and {term} {heads}
{other} had been slow to answer on {topic}
the delegation would return to {place} with new figures on {topic}
exporters in {place} had lost patience over {topic}
{firm} and other companies had asked for clear rules on {topic}
the {term} {heads} agreed in {place} had changed the debate on {topic}
a {adj} solution for {topic} would take at least {months} months
the working group on {topic} would meet again in {place}
nobody at the table wanted a dispute over {topic}
the chapter on {topic} was finished except for the {term} {heads}
{own} and {other} had different views of {topic} and of {term} {heads}
the {adj} part of the text concerned {topic}
the {term} sector had been left out of the talks on {topic}
there was a {adj} understanding on {topic} between the two delegations
the price of {term} {heads} had become a matter of {topic}
ministers would have to decide about {topic} themselves
a compromise on {topic} was being drafted in {place}
no date had been set for a decision on {topic}
{other} had raised the {term} {heads} again although {topic} came first
every paragraph on {topic} had been read {months} times
the {term} industry needed certainty about {topic}
""")

DIRECT = parts("""
We are ready to sign, but {topic} must be part of it
We have spent a lot of time on {topic} and on {term} {heads}
Nobody can explain to farmers in {place} why {topic} should wait
This is a {adj} text, and on {topic} it is even a {adj2} one
I expect the discussion of {topic} to continue all day
We came to talk about {topic}, not about {term} {heads}
There is a {adj} way out, and it leads through {topic}
Whoever doubts our position on {topic} should visit {place}
Our companies, from {firm} to the smallest workshop, depend on {topic}
The other side knows our numbers on {topic} and on {term} {heads}
I have never seen such {adj} talks about {topic}
Because of {topic} this is a {adj} agreement for {own}
We will see what {other} has to say about {topic}
It would be {adj} to close the file on {topic} now
You cannot settle {topic} over one dinner in {place}
My mandate covers {topic} and the {term} {heads}, nothing else
The market has already decided about {topic}
Let us be {adj} about {topic} and {adj2} about the rest
All I can say is that {topic} will be dealt with in {place}
They asked for {months} months on {topic}, and they will get them
What was said about {topic} in {place} still stands
The {term} {heads} are a detail, but {topic} is the substance
""")

MIXED = parts("""
the draft on {topic} was “a {adj} step” that {own} could accept
the delay over {topic} had been “{adj} and {adj2}”
{other} had shown “no {adj} interest” in {topic}
the {term} {heads} were “a {adj} price” for progress on {topic}
talks on {topic} would go on “for another {months} months”
the figures on {topic} from {place} were “anything but {adj}”
{own} regarded {topic} as “a {adj} matter”
""")

CONDITIONS = parts("""
if {other} accepts the {term} {heads}
once an agreement on {topic} is reached
unless {other} objects to the {term} {heads}
provided that the {term} {heads} are published
""")

CONSEQUENCES = {
    "relaxes": parts("""
{own} could lift the controls on exports of {goods}
{own} would relax the export controls on {goods}
{own} might ease its export rules for {goods}
"""),
    "restricts": parts("""
{own} would restrict exports of {goods}
{own} could tighten the export controls on {goods}
"""),
}

ABOUT_MEASURE = parts("""
the {measure} would stay until the {term} {heads} were settled
the {measure} had been a {adj} decision
the {measure} hurt companies such as {firm}
there was no reason to extend the {measure}
the {measure} had been discussed in {place} for {months} months
""")

SAYING = parts("""
said;insisted;argued;stated;noted;explained;maintained;admitted;suggested;stressed;repeated;indicated
""")
ADDING = parts("added;went on;continued")

OUTCOMES = parts("""
both sides agreed to set up a working group on {topic}
the delegations agreed on a {adj} timetable for {topic}
no agreement on {topic} was reached
the two sides settled the question of {term} {heads} but not that of {topic}
the chapter on {topic} was closed after {months} drafts
ministers put off the decision on {topic}
""")

HEADLINES = parts("""
{a} and {b} {do} {ordinal} round of talks on {topic}
{topic} on the table as {a} and {b} meet in {city}
{a}–{b} talks on {topic} reach {city}
{city} talks: {a} and {b} look for a {adj} answer on {topic}
{surname} speaks of a {adj} mood as {a} and {b} discuss {topic}
""")

OTHER_HEADLINES = parts("""
{a} weighs {topic} after {adj} figures
{surname}: {topic} remain a {adj} issue for {a}
{a} and {b} trade words over {topic}
New {term} {heads} put {topic} back on the agenda in {a}
""")

OTHER_LEADS = parts("""
the debate on {topic} between {a} and {b} has entered a {adj} phase, with {term} {heads} in {place} at its centre.
a {adj} week in {place} has brought {topic} back to the attention of {a} and {b}.
companies in {place} are watching {topic} closely, and so are the governments of {a} and {b}.
{a} and {b} exchanged notes on {topic} without much hope of a {adj} answer.
""")

FILLERS = [
    ("Officials in {place} declined to comment.", "It says that nobody said anything."),
    ("Observers in {place} were not surprised.", "It names nobody and states nothing of the talks."),
    ("Rain fell on {place} for most of the day.", "It is about the weather."),
    ("The {term} {heads} have a long history in {place}.", "It gives background without a date or a source."),
    ("Few people outside {place} had heard of the {term} {heads} before.", "It is the reporter’s aside."),
    ("Coffee was served, and the corridors of the {noun} centre were full.", "It is told for colour."),
    ("Shares of {firm} hardly moved, and neither did those of {firm2}.", "It is about shares, not about the talks."),
    ("{firm}, which makes {goods} in {place}, did not answer questions.", "It says that nobody said anything."),
    ("What this means for the {noun} trade and for {term} {heads} remains to be seen.", "It states nothing."),
    ("A small group from {place} with banners on {term} {heads} stood outside.", "It is told for colour."),
]  # fmt: skip

TOPIC_WISHES = parts("""
clearer rules on {topic};a review of {topic};a {adj} timetable for {topic};{months} more months for {topic}
""")
WISHES = parts("the release of {term} {heads};a {adj} settlement of the {term} {heads};access to the {term} market")

REASONS = parts("""
concerns over the {term} {heads}
a {adj} rise in imports
the treatment of companies such as {firm}
the safety of {term} {heads}
the state of the {noun} market
""")

VOLUMES = parts("""
exports of {goods}
imports of {goods}
shipments of {goods}
sales of {goods}
stocks of {goods}
orders for {goods}
""")
METRICS = [*VOLUMES, "prices of {goods}"]

COMPARISONS = parts("""
the largest change since {year}
compared with a year earlier
the third change in a row
more than analysts in {place} had expected
against the average of the last {months} years
""")

BUREAUS = parts("statistics office;customs service;central bank;trade ministry;chamber of commerce;port authority")
ORDINALS = parts("""
first;second;third;fourth;fifth;sixth;seventh;eighth;ninth;tenth;eleventh;twelfth;thirteenth;fourteenth;fifteenth
sixteenth;seventeenth;eighteenth;nineteenth;twentieth
""")

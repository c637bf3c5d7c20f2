"""Short English messages from the customers of a shop that does not exist, in three classes.

The text is written by a grammar: a rule has alternatives, an alternative may name other rules in
braces, and `{rule?}` is used about half of the time. A message first fixes its scene (what was
bought, whom it is about), so that a sentence about boots never mentions their battery, and then
follows one of the forms of its class.

The classes overlap on purpose. Several forms belong to two classes ("the lid came off. Is it normal
that the lid moves?" may be a complaint or a question), some are sarcastic, one message in nine has
a typo, and a few labels are plainly wrong. No classifier can reach 100 %.

Only `random.Random` decides, so equal seeds give equal text on every machine.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from random import Random
from typing import NamedTuple

LABELS = ("complaint", "praise", "question")
ALPHABET = "\n !',-.0123456789?abcdefghijklmnopqrstuvwxyz"

_SHARES = (50, 30, 20)  # of the labels, in percent
_WRONG_LABELS = 0.015
_TYPOS = 0.11
_ALL_LOWER = 0.2
_OPTIONAL = 0.45

# `name = a | b *3` : the rule `name`, whose alternative b is three times as likely as a.
# `topic.name` is preferred over `name` while the scene has that topic or that kind of product.
# An item may be a plural (`boots+pair of`) or a mass (`honey~jar of`), each with its unit:
# {item} is "boots", {item_one} is "pair of boots", and {is}, {it}, {s}, ... agree with it.
_GRAMMAR = """
kind = device *3 | garment *3 | shoes *2 | kitchen *3 | home *3 | toy *2 | garden *2 | grocery *2
topic = product *10 | delivery *4 | app *2 | staff *3 | money *2

device.item = tablet | camera | keyboard | watch | printer | speaker | phone | radio
  | headphones+pair of *2 | earphones+pair of | laptop | alarm clock | toothbrush
device.part = battery *2 | screen | charger | cable | power button | volume button | display
garment.item = jacket | jumper | dress | coat | shirt | scarf | raincoat | hoodie | skirt
  | jeans+pair of | trousers+pair of | gloves+pair of | socks+pack of | pyjamas+pair of
garment.part = zip *2 | collar | lining | left sleeve | hem | top button | stitching | pocket
shoes.item = boots+pair of *2 | trainers+pair of | sandals+pair of | slippers+pair of
  | walking shoes+pair of | school shoes+pair of
shoes.part = left sole | right heel | lining | buckle | strap | stitching | leather
kitchen.item = kettle *2 | toaster | frying pan | blender | coffee maker | teapot | bread knife
  | saucepan | mugs+set of | plates+set of | lunch box | scales+set of | oven dish
kitchen.part = lid *2 | handle | base | spout | switch | seal | rim | glass
home.item = desk | bookcase | armchair | rug | mattress | curtains+pair of | blanket | mirror | lamp
  | bedside table | cushions+pair of | wardrobe | pillow | towels+set of
home.part = frame | left leg | top drawer | back panel | cover | fabric | hook | corner
toy.item = puzzle | train set | teddy bear | board game | kite | scooter | paint set
  | building blocks+set of | toy car | dolls' house
toy.part = box | front wheel | string | left arm | lid | paint | instruction sheet
garden.item = hose | watering can | bird feeder | spade | tent | barbecue | rucksack | garden chair
  | sleeping bag | bike lock | umbrella
garden.part = handle | zip | frame | lock | hinge | left strap | cover | nozzle
grocery.item = coffee beans+bag of | green tea~box of | honey~jar of | jam~jar of
  | olive oil~bottle of | chocolates+box of | biscuits+tin of | soup~tin of | oat bars+pack of
  | shampoo~bottle of | hand cream~tube of
grocery.part = lid | seal | packet | label | jar | box

colour = green | blue | red | black | grey | yellow | white | brown | navy | pink
size = small | medium | large | a bigger size | a smaller size | size 8 | size 12
who = my sister | my brother | my mother | my husband | my wife | my daughter | my son | my dad
  | my nephew | my neighbour | my best friend | a colleague
name = Anna | Tom | Priya | Marcus | Elena | Yusuf | Grace | Oliver | Mei | Sam | Fatima | Leo
agent = {name} | {name} from your team | the man on the phone | the woman in the chat
  | your assistant | the lady at the desk | the driver
day = Monday | Tuesday | Wednesday | Thursday | Friday | Saturday | Sunday
month = January | March | April | June | July | August | October | December
number = two *3 | three *3 | four | five | six | ten | 2 | 3 | 4
time = last week | yesterday | on {day} | last month | in {month} | this morning | a week ago
  | {number} days ago | {number} weeks ago | just now
span = a week | a day | one wash | {number} days *2 | {number} weeks *2 | {number} uses
  | a single evening | less than a month | an hour
long = {number} weeks *2 | {number} months | over a month | nearly a year | a long time
intensity = really *2 | very *3 | so *2 | extremely | quite | absolutely | truly | rather
occasion = birthday | wedding | holiday | new flat | first day at school | anniversary | move
greeting = hi, *3 | hello, *3 | good morning, | hi there, | dear team, | hey, | hello again,
thanks = thanks *3 | thank you *3 | thanks in advance *2 | many thanks | cheers
  | kind regards, {name}
order = I ordered a {item_one} {time} | I bought a {item_one} {time} | I got a {item_one} for {who}
  | I ordered a {item_one} for {who}'s {occasion} | {who} gave me a {item_one}
  | my {item} came {time} | I picked up a {item_one} in your shop {time}
  | this is about the {item} I bought {time}
hedge = I think | to be honest, | I have to say | I must say | maybe it's just me, but | honestly,
  | in my opinion, | so far, | well, | I suppose

fab = lovely *2 | great *3 | wonderful | excellent | brilliant | fantastic | perfect *2 | superb
  | beautiful | amazing | first class
lovely = {fab} *11 | {intensity} {nice} *5
nice = good *3 | nice *2 | well made | useful | impressive | pretty
awful = awful | terrible *2 | poor *2 | useless *2 | dreadful | disappointing *2 | rubbish
  | a waste of money | not good enough *2 | not worth the price | a joke | bad
happy = happy *3 | pleased *3 | delighted | impressed | thrilled | satisfied
cross = disappointed *4 | unhappy *2 | annoyed *2 | frustrated *2 | upset | fed up | angry
unhappy = {intensity} {cross} *5 | not {happy} *2 | not {intensity} {happy} *2 | less than {happy}
ruined = broke *2 | fell apart | came off | cracked | snapped | was loose | came loose | was bent
  | was missing *2 | had a hole in it | does not fit | is already worn | was badly scratched

good = {fine}
any_fine = the {item} {is} {lovely} *3 | {it} work{s} perfectly
  | I am {intensity} {happy} with the {item} *2 | the {item} arrived quickly and look{s} {lovely}
  | {who} loves the {item} *2 | the {item} {is} exactly as described | I love the {colour} one
  | the {item} {is} even better than in the pictures | the {item} {is} worth every penny
  | I can't fault the {item} | not a single problem in {long} | the {part} is {lovely}
  | I have had {it_obj} for {long} and {it} still look{s} new | the {part} feels solid
  | I could not be happier with {it_obj} | I would buy {it_obj} again without a second thought
  | {it} {is} not cheap but worth it | {it} never let{s} me down | {hedge} {it} {is} {lovely}
  | I was worried about the {part} but it is {lovely} | I expected less for the price
  | I would not hesitate to recommend the {item} | the {item} made {who} smile
device.fine = {any_fine} *3 | the battery lasts for days | the sound is clear and warm
  | setting {it_obj} up took two minutes | easy to set up too | {it} connect{s} without any trouble
garment.fine = {any_fine} *3 | the fit is perfect | the fabric is soft and warm
  | {it} wash{es} well and keep{s} {its} colour | I get compliments every time I wear {it_obj}
shoes.fine = {any_fine} *3 | my feet stayed dry all day | they are comfortable from day one
  | no blisters at all | they fit like a glove | I walked ten miles without pain
kitchen.fine = {any_fine} *3 | {it} {is} easy to clean
  | {it} went through the dishwasher {number} times | we use {it_obj} every morning
  | {it} look{s} smart in our kitchen | the size is just right
home.fine = {any_fine} *3 | {it} made the room look bigger | I slept like a baby
  | putting {it_obj} together was easy | the colour matches the sofa
  | guests keep asking about {it_obj}
toy.fine = {any_fine} *3 | the kids play with {it_obj} for hours | {it} kept us busy all weekend
  | my son won't put {it_obj} down | well made and safe for little hands
garden.fine = {any_fine} *3 | {it} kept everything dry in heavy rain | light and well made
  | {it} survived a whole winter outside | sturdy enough for daily use
grocery.fine = {any_fine} *2 | the taste is rich and fresh
  | the whole family finished {it_obj} in a day | best I have had in years | smells {lovely}
  | {it} {is} not too sweet, just right
service_good = {delivery.good} *4 | {app.good} *2 | {staff.good} *3 | {money.good} *2
delivery.good = delivery was {intensity} fast *2 | the parcel came a day early *2 | well packed too
  | the driver was {intensity} polite | it arrived the next morning
  | I could follow the van all the way | it was here in {number} days
  | the driver waited while I found my keys | no delays this time
  | the parcel was left safely with my neighbour | not a scratch on the box
app.good = your app is {intensity} easy to use | the new website is {lovely} | checkout took seconds
  | I found everything in one search | the app saved me a trip | paying by phone just works
  | love how simple the website is | the app never crashes
staff.good = {agent} was {intensity} helpful *3 | {agent} solved it in minutes *2 | {fab} service
  | {agent} could not have been kinder | {agent} went out of the way to help
  | the staff know their stuff | {agent} stayed on the line until it worked
  | your support team is {lovely}
money.good = {fab} value for money *2 | the refund was in my account the next day | a fair price
  | cheaper than anywhere else | the discount was a {fab} surprise | no hidden costs
  | you even paid for the return | refunded without any fuss

bad = {fault}
any_fault = the {part} {ruined} after {span} *5 | the {item} {is} {awful} *3
  | the {part} {ruined} *3 | the {item} stopped working after {span}
  | the {item} {is} nothing like the pictures | you sent the wrong {item} *2
  | I am {unhappy} with the {item} *2 | I asked for {colour} and got {colour}
  | the {item} arrived damaged *2 | {it} look{s} second hand | {it} feel{s} cheap
  | {it} smell{s} of glue | I expected more for the price | the {item} {is} not as described *2
  | I could not be more {cross} | {hedge} {it} {is} {awful} | I would not recommend the {item}
  | this is the {nth} {broken} {item_one} you have sent me
  | I wanted to love {it_obj} but the {part} {ruined} | I have had nothing but problems
nth = second | third
broken = broken | faulty | damaged
device.fault = {any_fault} *4 | the battery dies within an hour | the left button sticks
  | {it} won't turn on | {it} get{s} far too hot | the sound cuts out every few minutes
garment.fault = {any_fault} *4 | {it} shrank in the wash | the colour ran all over my other clothes
  | the seams came apart | far too tight round the shoulders | the fabric is thin and itchy
shoes.fault = {any_fault} *4 | my feet were soaked in minutes | they hurt after ten minutes
  | two left shoes in the box | blisters on both feet | the size is completely wrong
kitchen.fault = {any_fault} *4 | sharp edges everywhere | stains won't come off
  | the coating is peeling off | the smell of plastic won't go away
home.fault = {any_fault} *4 | half of the screws were missing | {it} wobble{s}
  | the colour is all wrong | the instructions make no sense | there is a stain on {it_obj}
  | too small for the room
toy.fault = {any_fault} *4 | {number} pieces are missing | sharp edges, not safe for a child
  | the paint comes off on little fingers | my son was in tears
garden.fault = {any_fault} *4 | {it} let{s} the water in | {it} rusted after one night of rain
  | {it} fell to pieces in the first wind | {it} would not open
grocery.fault = {any_fault} *2 | {it} taste{s} stale | out of date by {number} weeks
  | the packet was already open | {it} made me feel ill | a sour smell when I opened it
service_bad = {delivery.bad} *4 | {app.bad} *2 | {staff.bad} *3 | {money.bad} *2
delivery.bad = my parcel is {number} days late *2 | it still has not arrived *2
  | nobody rang the bell | the parcel never came *2 | the box was soaked and torn
  | it was left out in the rain | the driver threw it over the fence
  | the tracking has not moved since {day} | I stayed at home all day for nothing
  | it went to the wrong address | I am still waiting after {long} | the driver was {intensity} rude
  | I paid for next day delivery and waited {number} days
app.bad = your app keeps crashing *2 | the website lost my basket | I can't log in since {day}
  | the app charged me twice | the search never finds anything | my voucher code does not work
  | the new website is {awful} | the page will not load | I get a blank screen at checkout
staff.bad = {agent} was {intensity} rude *2 | nobody answers my emails *2 | {agent} hung up on me
  | I have called {number} times *2 | I was on hold for an hour | {agent} was no help at all *2
  | I keep getting the same useless reply | {agent} promised to call back and never did
money.bad = I was charged twice *2 | I am still waiting for my refund *2
  | the refund is {number} weeks late | you took more than the price on the website
  | the delivery fee is a joke | the discount was not applied | the price went up after I paid
  | I had to pay for the return myself

ask = {enquiry}
any_enquiry = do{es} the {item} come in {colour} *3 | can I get {it_obj} in {size} *2
  | when will the {item} be back in stock *2 | how long is the guarantee on the {item}
  | can I return the {item} without the box | is the {part} covered by the guarantee
  | do you sell a spare {part} *3 | what is the {item} made of | how do I clean the {item} *2
  | {is} the {item} the same as last year | which {item_one} would you recommend for {who}
  | do you gift wrap the {item} | {is} the {item} suitable for children
  | how do I replace the {part} | can I swap {it_obj} for the {colour} one *2
  | where {is} the {item} made | do you have the {item} in the shop in town
  | how heavy {is} the {item}
device.enquiry = {any_enquiry} *4 | do{es} {it} work with an older phone
  | how long does the battery last | which cable do I need | how do I connect {it_obj} to a computer
  | can I use {it_obj} abroad
garment.enquiry = {any_enquiry} *4 | can {it} go in the dryer | do the sizes run small
  | {is} {it} real wool
shoes.enquiry = {any_enquiry} *4 | are they waterproof | should I order half a size up
  | do they come in wide
kitchen.enquiry = {any_enquiry} *4 | can {it} go in the dishwasher | {is} {it} easy to take apart
home.enquiry = {any_enquiry} *4 | how wide {is} {it} | do you take the old one away
  | can I paint {it_obj}
toy.enquiry = {any_enquiry} *4 | what age {is} {it} for | do{es} {it} need batteries
  | how many pieces are there
garden.enquiry = {any_enquiry} *4 | can {it} stay outside in winter | {is} {it} easy to carry
grocery.enquiry = {any_enquiry} | {is} {it} free of nuts | do{es} {it} contain milk
  | how should I store {it_obj} | {is} {it} vegan | how long do{es} {it} keep once open
  | where do the ingredients come from
delivery.ask = when will my order arrive *2 | do you deliver on {day} *2
  | how much is next day delivery | can I change the delivery address *2
  | can I collect it from the shop | do you ship abroad
  | could the driver leave it with my neighbour | where can I see the tracking number
  | has order {digits} been sent yet *2 | how long does delivery take to the islands
app.ask = how do I change my password *2 | where do I enter a voucher code *2
  | can I pay with two cards | how do I delete my account | does the app work on a tablet
  | can I save my basket for later | where can I find my old orders | is there a dark mode
staff.ask = what time do you open on {day} *2 | who can I talk to about the {item}
  | is {name} in on {day} | what is your phone number | can someone call me back on {day} *2
  | are you open on public holidays | do you have a shop near the station
  | are you hiring at the moment
money.ask = how long does a refund take *2 | do you offer a student discount *2
  | can I pay in {number} parts | is delivery free above a certain amount
  | can I get an invoice for order {digits} *2 | does the sale end on {day}
  | can I use a gift card online | do you match prices
digits = 4{d}{d}{d} | 7{d}{d}{d}
d = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9

polite = could you tell me *2 | can you tell me *2 | can anyone say | does anyone know
  | would you please let me know
stating = I was wondering | I would like to know | please let me know | please tell me
  | I need to know | I just wanted to ask | just checking | please could you tell me
  | the website does not say
wonder = if the {item} come{s} in {colour} | how to clean the {item} | where to buy a spare {part}
  | if I can still return the {item} | when the {item} will be back in stock
  | how to return an order | if delivery on {day} is possible | how to open the {part}
  | if the {part} can be replaced | how long the guarantee lasts | if my order has been sent
  | what the opening hours are | whether I can pay later | how to change my address
  | whether the {part} is covered
asked = {ask}? *7 | {polite} {wonder}? *2 | {stating} {wonder}. *4 | {greeting} {ask}? *2
  | quick question, {ask}?

demand = I want my money back *2 | please send a new one *2 | I expect a refund | please fix this
  | I will be sending it back | I want to speak to a manager | please cancel my order | sort it out
  | never again *2 | I will shop elsewhere | this is not acceptable *2 | what a waste of time
  | avoid | I won't be ordering again *2 | I would like an answer this time | shame on you
  | I should have read the reviews | do better | {who} was {cross} too | really poor
applause = I will order again *2 | I would order again in a heartbeat | keep it up *2 | well done *2
  | highly recommended *2 | five stars *2 | thank you so much *2 | you have a customer for life
  | please thank {agent} for me | no complaints here *2 | couldn't ask for more | what a find
  | {who} wants one too | money well spent | already told {who} about it | not bad at all
  | I won't shop anywhere else | a big thank you to {name} | made my day
sarcasm = great, another {number} weeks of waiting | thanks for nothing *2 | well done, you broke it
  | love how the app logs me out every time | {fab} {item_one}, if you don't need the {part}
  | five stars for the box, shame about the {item} | so {happy} to own half a {item_one}
  | {fab} service, only {number} weeks late | a {fab} lesson in how not to pack a {item_one}
  | I really enjoyed talking to your machine for an hour | impressive how fast the {part} came off
  | wonderful, {colour} instead of {colour} again | another {fab} day on hold
  | if you like cold tea and long waits, this is the shop for you
  | thank you for ruining {who}'s {occasion} | a {fab} paperweight
  | I am sure someone out there is {happy} with {it_obj}
sincere = great, only {number} days of waiting | love how quick the app is | thanks for everything
  | {fab} service, even {number} weeks before the holidays | well done, you fixed it
  | I really enjoyed talking to {name} | impressive how solid the {part} is
  | thank you for saving {who}'s {occasion} | wonderful, {colour} and {colour} both look right
  | another {fab} order
lukewarm = the {item} {is} fine, I suppose | {it} do{es} what {it} should
  | {it} {is} okay for the price | nothing special, but {it} work{s} | {it} {is} what {it} {is}
  | the {item} arrived {time} | could be better, could be worse | not what I expected | {it} will do
  | about what you would expect | I have seen better and I have seen worse
  | the {part} is a bit {odd}
odd = odd | stiff | different from the old one | heavy | plain
fault_ask = is the {part} meant to be loose | is it normal that the {part} moves
  | why is my parcel still in {month} | what happened to my order | where is my parcel *2
  | where is my refund *2 | why was I charged twice | has anyone seen my order
  | why does the app log me out | how do I get my money back *2
  | who do I talk to about a broken {part} *2 | {is} {it} supposed to make that noise
  | can someone explain this charge | what do I do now
rant_ask = how hard can it be to send the right {item} | do you even read your emails
  | is this a joke | why do I pay for delivery at all | how many times do I have to call
  | what am I paying for | do you call this a {item_one} | who packed this | are you serious
  | when will somebody answer me
joy_ask = how did you get it here so fast | where have you been all my life
  | why did I wait so long to buy {it_obj} | can I give it six stars | what more could anyone want
  | how {is} {it} so cheap
turn = but *4 | although | sadly, | however,
lift = but *4 | still, | luckily, | even so,

good_bad = {fine}, {turn} {service_bad} *4 | {service_good}, {turn} {fault} *4
  | {good}, {turn} {bad} *2 | {fine}. {turn} {service_bad} | {service_good}. {turn} {fault}
bad_good = {fault}, {lift} {service_good} *4 | {service_bad}, {lift} {fine} *4
  | {bad}, {lift} {good} *2 | {fault}. {lift} {service_good} | {service_bad}. {lift} {fine}
complaint = {greeting?} {bad}. {demand?}. *12 | {order}. {bad}. {demand?}. *10
  | {order} and {bad}. *6 | {bad} and {bad}. *4 | {hedge} I am {unhappy}. {bad}. *5
  | {bad}! {demand}! *3 | {good_bad}. *8 | {good_bad}. {demand}. *3 | {bad_good}. *1 | {sarcasm}. *5
  | {sarcasm}. {bad}. *2 | {order}. {sarcasm}. *2 | {rant_ask}? {bad}. *3 | {rant_ask}? *2
  | {bad}. {fault_ask}? *2 | {fault_ask}? *1 | {lukewarm}. *1 | {order}. {lukewarm}. {demand?}. *1
  | {demand}. {bad}. *3 | {bad}. {asked} *1
praise = {greeting?} {good}. {applause?}. *8 | {order}. {good}. {applause?}. *8
  | {order} and {good}. *4 | {good} and {good}. *4 | {hedge} I am {intensity} {happy}. {good}. *3
  | {good}! {applause}! *3 | {bad_good}. *6 | {bad_good}. {applause}. *2 | {good_bad}. *1
  | {sincere}. *3 | {sincere}. {good}. *2 | {order}. {sincere}. *1 | {joy_ask}? {good}. *2
  | {joy_ask}? *1 | {lukewarm}. *1 | {order}. {lukewarm}. {applause?}. *1 | {applause}. {good}. *2
question = {asked} {thanks?}. *12 | {order}. {asked} {thanks?}. *7 | {good}. {asked} *2
  | {asked} {order}. *2 | {asked} {asked} *1 | {bad}. {asked} *1 | {fault_ask}? {thanks?}. *2
  | {order}. {fault_ask}? *1 | {good}, but {ask}? *1 | {lukewarm}. {ask}? *1
"""

# Words that agree with the item: (singular, plural).
_AGREEMENT = {
    "is": ("is", "are"),
    "it": ("it", "they"),
    "it_obj": ("it", "them"),
    "its": ("its", "their"),
    "s": ("s", ""),
    "es": ("es", ""),
}


class _Choice(NamedTuple):
    """The alternatives of a rule and how likely each of them is."""

    alternatives: list[str]
    weights: list[int]


def _parse(grammar: str) -> dict[str, _Choice]:
    """Read the rules: `name = alternative | alternative *weight`, continued by indented lines."""
    rules: dict[str, _Choice] = {}
    for rule in re.sub(r"\n +", " ", grammar).split("\n"):
        name, _, body = rule.partition(" = ")
        parts = [alternative.strip().partition(" *") for alternative in body.split("|")]
        rules[name] = _Choice([part[0] for part in parts], [int(part[2] or 1) for part in parts])
    return rules


_RULES = _parse(_GRAMMAR)


class _Scene:
    """What one message is about; expands rules so that all of its sentences agree."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._kind = self._pick("kind")
        self._topic = self._pick("topic")
        item, mark, unit = re.split("([+~]|$)", self._pick(f"{self._kind}.item"), maxsplit=1)
        self._fixed = {word: forms[mark == "+"] for word, forms in _AGREEMENT.items()}
        self._fixed |= {"item": item, "item_one": f"{unit} {item}".strip()}

    def expand(self, name: str) -> str:
        """Text for a rule, an agreeing word, or an optional rule (`name?`)."""
        if name.endswith("?"):
            return self.expand(name[:-1]) if self._rng.random() < _OPTIONAL else ""
        if name in self._fixed:
            return self._fixed[name]
        scoped = (f"{self._topic}.{name}", f"{self._kind}.{name}", name)
        template = self._pick(next(rule for rule in scoped if rule in _RULES))
        return re.sub(r"\{([\w.]+\??)\}", lambda match: self.expand(match[1]), template)

    def _pick(self, rule: str) -> str:
        choice = _RULES[rule]
        return self._rng.choices(choice.alternatives, choice.weights)[0]


def _typeset(text: str) -> str:
    """Repair what expansion leaves: gaps, doubled stops, "a" before a vowel, sentence capitals."""
    text = re.sub(r"\s+", " ", text).strip()
    text = re.sub(r" +([.,?!])", r"\1", text)
    text = re.sub(r"([.,?!])[.,]+", r"\1", text)
    text = re.sub(r"\ba (?=[aeiou])", "an ", text)
    return re.sub(r"(?:^|[.?!] )[a-z]", lambda match: match[0].upper(), text)


def _misspell(rng: Random, text: str) -> str:
    """Swap, drop or double a letter somewhere behind the first letter of a word."""
    inner = [match.start() for match in re.finditer(r"(?<=[a-z])(?=[a-z]{2})", text)]
    at = rng.choice(inner)
    one, two = text[at], text[at + 1]
    return text[:at] + rng.choice((two + one, two, one + one + two)) + text[at + 2 :]


def _message(rng: Random) -> tuple[str, str]:
    """One message and its label."""
    label = rng.choices(LABELS, _SHARES)[0]
    text = _typeset(_Scene(rng).expand(label))
    if rng.random() < _TYPOS:
        text = _misspell(rng, text)
    if rng.random() < _ALL_LOWER:
        text = text.lower()
    if rng.random() < _WRONG_LABELS:
        label = rng.choice([other for other in LABELS if other != label])
    return text, label


def messages(seed: int, count: int) -> list[tuple[str, str]]:
    """`count` messages as (text, label) in random order, no two of them with the same words."""
    rng = Random(seed)
    found: dict[str, tuple[str, str]] = {}
    while len(found) < count:
        text, label = _message(rng)
        found.setdefault(" ".join(re.findall(r"[a-z0-9']+", text.lower())), (text, label))
    chosen = list(found.values())
    rng.shuffle(chosen)  # short texts are found early: any slice must look like the whole
    return chosen


def prose(texts: Iterable[str]) -> str:
    """Text for a language model: one message a line, lower-case, nothing outside `ALPHABET`."""
    return "".join(re.sub(f"[^{re.escape(ALPHABET)}]", "", text.lower()) + "\n" for text in texts)

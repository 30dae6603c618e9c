"""An interview of about 1,200 words, written for the tests: filler, two adverts, and four good moments."""

from __future__ import annotations

# Each good moment is named by a phrase that is said in it and nowhere else.
PLANTED = ("threw away the first nine hundred loaves", "flour remembers the weather", "sold the van to pay one baker",
           "never hire for talent")  # fmt: skip
ADVERTS = ("Ledgerly", "promo code CRUST", "Brightmattress", "link in the show notes")

SCRIPT = """
HOST: Hello everyone and welcome back to Crumb by Crumb. I'm your host, Dana. My guest today is Ruth Adeyemi, who runs three bakeries on the coast. Thanks for being here, Ruth.
RUTH: Thank you for having me. Good to be here.
HOST: Can you hear me all right? Is this on? Okay. Okay, I think we're good.
RUTH: Yeah, I can hear you. Yeah. It's fine, I think.
HOST: Great. So, um, how was the drive, was it all right, you know, with the roads and stuff?
RUTH: It was okay, you know. It was kind of, I mean, it was fine. Bit of a wait. But it was okay, really.
HOST: Yeah. Yeah, it's always like that, I guess. It's one of those things. Anyway.
HOST: This episode is brought to you by Ledgerly. Ledgerly does the books for small shops so that you can go home on time. Go to ledgerly.com slash crumb and use promo code CRUST for twenty percent off your first year. I love Ledgerly.

HOST: Let's talk about the beginning. What happened in the first winter after you opened?
RUTH: In 2009 we threw away the first nine hundred loaves. Every single one. I remember standing in the yard at four in the morning with my sister, crying over a bin, because the bank had given us six weeks and we had burned five of them on bread nobody could eat. The biggest mistake was not the oven. I was so afraid of failing that I never once asked anyone for help. The next day I walked into the bakery across the street, our only rival, and I said, please, show me. He laughed, and then he showed me everything.

HOST: Mm-hmm. Yeah. Right.
RUTH: And so, yeah. You know. It was like that for a bit. And then, sort of, it went on.
HOST: Sure. Sure. I mean, that's, yeah. That makes sense, I guess.
RUTH: Yeah. And we kind of kept going, and, you know, so on. It is what it is, I suppose.
HOST: Right. And was it the same sort of thing after that, or was it, you know, more or less the same?
RUTH: More or less the same, yeah. A bit of this, a bit of that. I don't know. Kind of.
HOST: Okay. Okay. Let me see where I was. Hold on. I had a thing here. Right, okay.

HOST: Tell me about the dough itself. Why does bread from one recipe come out different every single day?
RUTH: Most people think a recipe is a set of instructions. The truth is that flour remembers the weather. Wheat cut in a wet August drinks less water, rises slower and tears when you shape it, so a baker who follows the numbers fails twice a year and never learns why. The secret is to stop measuring the water and start watching the dough. When it pulls away from your fingers and sighs, it is ready, and no scale on earth will tell you that.

HOST: Huh. Okay.
RUTH: Yeah. So, anyway, there's that, I guess. And, you know, other things as well.
HOST: Right, right. And you said, like I said before, it was, um, that other one, the one with the thing.
RUTH: Oh, that. Yeah. Yeah, I think so. It was that one, or it was the other one. I don't really know.
HOST: We'll be right back after a quick word from our sponsors.
HOST: Do you wake up tired? Brightmattress is the only bed that cools itself while you dream. I changed mine in March and I never looked back. You get a hundred nights to try it, and there's a link in the show notes.
HOST: Welcome back to the show.

HOST: So we were, um, where were we? Okay. Yeah. Staff, I think. We said we'd do staff.
RUTH: Staff, yeah. Okay. Yeah, we can do that. Sure.
HOST: What is the hardest decision you ever made as an owner?
RUTH: In the spring of 2016 I sold the van to pay one baker. His name was Tomas, he had worked for me eleven years, and his daughter was in hospital in Leeds. Everyone told me I was insane, because without the van we lost the hotels, and the hotels were forty percent of our income. I was terrified. But on the Monday after, all fourteen of them came in two hours early, without a word, and carried the bread to the hotels on bicycles. We never lost a single customer.

HOST: Wow. Okay.
RUTH: Yeah. It was a time. It was, you know, it was what it was, I mean.
HOST: Yeah. And then you, sort of, carried on, and it all, you know, went on from there, more or less.
RUTH: More or less. We carried on. We did the usual, and, um, and so on and so on.
HOST: Right. It's funny how that is. It's kind of, yeah. You know.
RUTH: It is, yeah. It is. I guess it is.

HOST: What would you tell somebody who wants to open a bakery tomorrow?
RUTH: You should never hire for talent. Talent quits at the first hot July. Hire the people who sweep a floor that is already clean, because bread is ten thousand small cares and nobody is watching nine thousand of them. If you want to know whether someone is a baker, don't look at the loaf. Look at the table after they have gone home.

HOST: Okay. Okay, good. Right.
RUTH: Yeah. So. Yeah. That's, um, that's kind of it, I think, or something like that.
HOST: Is there, um, anything else, or is that, you know, is that more or less it?
RUTH: I think that's more or less it. Yeah. I think so.
HOST: Ruth Adeyemi, thank you so much for coming. That's it for today's episode of Crumb by Crumb. Please subscribe wherever you listen, and see you next time.
RUTH: Thanks, Dana. Bye.
"""

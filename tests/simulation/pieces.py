"""What generated rulebooks are made of: the declarations that stand in all of them, and what rules may ask."""

HEAD = """
rulebook generated
  zone "{zone}"
  currency EUR
  owner "Law"
end

vocabulary
  customer.tier: one of (basic, gold)
  customer.debt: whole number from 0 to 1000
  event claim.opened: (claim_id: text, amount: whole number)
  event claim.moved: (claim_id: text, amount: whole number)
  event claim.closed: (claim_id: text, mood: whole number from 0 to 10)
  event bill.returned: (bill_id: text, amount: whole number)
  event bill.paid: (bill_id: text)
  event care.needed: (amount: whole number)
end
"""

PARAMETERS = """
parameters
  large is 2
  large is 1 from 24 March 2027
  heavy is 15 from 23 March 2027
  heavy is 5 from 25 March 2027
end
"""

WORDS = """
template plain
  by email, sms, push, letter, phone, app, web in English text "News of {{ message.topic }}."
end
template gentle
  in English body "With care: {{ message.text }}"
end
template digest
  in English text "{{ count }} news:{% for item in items %} {{ item.text }}{% endfor %} and {{ more }} more."
end
template mail_only
  by email, letter in English text "In writing."
end
"""

TOPICS = ("offer", "survey", "claim_news", "bill", "notice", "alarm")
"""What a history may ask for; a rulebook may declare `correction` besides."""
SENDS = ("email", "sms", "push", "letter", "phone")
CHANNELS = (*SENDS, "app", "web")
CATEGORIES = {"marketing": "consent", "service": "existing_customer", "claims": "contract", "legal": "legal"}
GROUPS = {"news": "category marketing, service, claims", "offers": "topics offer, survey"}
"""Groups that every rulebook declares, with what they take."""
ZONES = (
    "Europe/Madrid",
    "Atlantic/Canary",
    "America/New_York",
    "America/Havana",  # its clocks change at midnight
    "Australia/Lord_Howe",  # by half an hour
    "Asia/Kathmandu",
)

ATOMS = (
    "claim is open",
    "claim is not open",
    "claim is moved",
    "debt is open",
    "customer.tier is gold",
    "customer.tier is unknown",
    "customer.debt is more than 10",
    "customer.debt is more than heavy",
    "any claim with (closed is in the last 3 days)",
    "any claim with (closed is in the last 36 hours and mood is less than 5)",
    "any debt with (amount is at least 2)",
    "every claim with (mood is known or amount is between 1 and 3)",
    "customer.tier is not one of (gold, basic)",
    "customer.debt * 2 - 5 is more than heavy / 2",
    "customer.debt is not 20",
    "visiting is not web",
    "visiting is known",
    "call is broken",
    "call is pending",
    "hush is open",
    "claim.opened is older than 2 working days",
    "message.topic is offer",
    "the number of bill.returned in the last 3 days is at least 2",
    "any claim.opened in the last 36 hours with (amount is more than 1)",
    "latest amount of bill.returned is more than 1",
    "sum of amount of claim.opened in the last 5 days is more than 4",
    "the number of care.needed in the last 1 week is 0",
    "any messages in the last 2 days with (category is service)",
    "the number of messages in the last 36 hours with (topic is bill) is at least 2",
    "the number of contacts in the last 24 hours is at least 2",
    "no contacts in the last 5 hours with (channel is sms)",
    "latest topic of contacts is claim_news",
    "risk is over 12",
    "tone.level is high",
    "tone.marks is at least 3",
)
EVENT_ATOMS = (
    "the number of claim.opened in the last 2 days is at least 2",
    "average of amount of claim.opened in the last 5 days is less than 2",
    "no bill.returned in the last 3 days",
    "any claim.moved in the last 30 hours with (claim_id is event.claim_id)",
    "sum of amount of bill.returned is at least 3",
    "claim is open",
    "claim is not open",
    "customer.tier is gold",
    "debt is open",
    "customer.debt is more than heavy",
    "any claim with (closed is in the last 3 days)",
    "risk is at most 12",
    "tone.level is high",
)

FIGURES = """scorecard risk from 0 to {}, starting at 10
  add 5 when claim is open because "A claim"
  add tone.marks when customer.debt is known
  subtract 4 when any claim with (closed is in the last 36 hours)
end

table tone takes {}
  | claim        | customer.debt  | customer.tier | => level: one of (high, low) | marks |
  | open         | over 15        | -             | => high                      | 3     |
  | open, moved  | -              | gold, unknown | => high                      | 3     |
  | -            | under 10, 20   | basic         | => low                       | 1     |
  | otherwise                                    | => low                       | 0     |
end"""

EXPERIMENT = """experiment words
  for topics offer, survey
  when customer.debt is unknown or customer.debt is at most 20
  variant plain {} % then deliver by {}
  variant soft 30 % then rephrase with gentle and {}
  holdout {} %  succeeds on bill.paid within 5 days
end"""
CLAIM = """situation claim
  one per claim_id
  opens on claim.opened{}
  becomes moved on claim.moved{}
  closes on claim.closed
  expires after {}
  remembers amount, mood
end"""
DEBT = """situation debt
  one per bill_id
  opens on bill.returned
  closes on bill.paid
  expires after {}
  remembers amount
end"""
HUSH = """situation hush
  one per claim_id
  opens after {} without claim.opened, claim.moved{}
  closes on claim.opened, claim.moved
  remembers amount
end
event rule "A hush is noticed"
  on hush opens
  then {}
end"""
WORK = """  working days {}
  working hours 9:00 to 13:30
  working hours on Monday to Wednesday 15:00 to 18:00
  holidays 25 March, 29 March 2027
  holidays of "ES-MD"
"""
CALL = """commitment call "We call"
  one per claim_id
  made on claim.opened
  within {}
  kept on claim.moved
  dropped on claim.closed
  if still pending after {} raise task hurry for desk
  if broken {}
end"""

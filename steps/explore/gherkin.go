package explore

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Gherkin writes the walk as a scenario in the suite's own sentences, ready to be put under a Rule, and
// reports whether all of it could be said in them; what can't be stands as a comment.
func (r *Result) Gherkin() (text string, whole bool) {
	s := &story{names: map[int]string{}, again: map[int]bool{}, whole: true}
	walk := slices.Clone(r.Walk)
	for _, step := range walk {
		s.again[step.Earlier] = true
	}
	// Sentences speak of the wallet, beside another one, and first of both: it is that of which the walk speaks last.
	last := lastNamed(walk)
	slices.SortStableFunc(walk, func(a, b Step) int { return cmp.Compare(a.turn(last), b.turn(last)) })
	for i, step := range walk {
		s.step(step, i == len(walk)-1, r.Difference)
	}
	s.verdict(r.Difference)
	var b strings.Builder
	fmt.Fprintf(&b, "  @%s @inferred\n  Rule: %s\n", r.Difference.Requirement, "A walk found this; say here what must hold")
	fmt.Fprintf(&b, "    @id:explored.%s-%d\n    Scenario: %s\n", strings.ToLower(r.Difference.Requirement), r.Seed, r.Difference.Message)
	for _, line := range s.lines {
		b.WriteString("      " + line + "\n")
	}
	return b.String(), s.whole
}

// lastNamed is the wallet on which the last step of a walk acts that acts on one.
func lastNamed(walk []Step) (number int) {
	for _, step := range walk {
		switch step.Deed {
		case Credit, Debit, Transfer, NewCard, WalletStatus:
			number = step.Wallet
		}
	}
	return number
}

// turn is when a story tells of a step: first of the wallet, then of others, then of what is done.
func (s Step) turn(wallet int) int {
	switch {
	case s.Deed != NewWallet && s.Deed != CompanyWallet:
		return 2
	case s.Number != wallet:
		return 1
	}
	return 0
}

// story tells a walk in sentences.
type story struct {
	lines []string
	names map[int]string // of the wallets, by the step that made them
	again map[int]bool   // the steps whose requests are sent again
	last  string         // the latest keyword
	whole bool
	moved *Step // the latest step that moved money
	keyed int   // the latest step whose request can be sent again
}

// say adds a step; a keyword that repeats is And.
func (s *story) say(keyword, text string) {
	if keyword == s.last {
		keyword = "And"
	} else {
		s.last = keyword
	}
	s.lines = append(s.lines, keyword+" "+text)
}

func (s *story) cannot(step Step) {
	s.whole = false
	s.lines = append(s.lines, "# no sentence says: "+step.String())
}

func (s *story) step(step Step, last bool, difference *Difference) {
	name := s.names[step.Wallet]
	switch step.Deed {
	case NewWallet, CompanyWallet:
		s.wallet(step)
	case Credit, Debit, Transfer:
		if last && name == "wallet" && step.Deed == Debit && difference.Check == "overdraft" {
			s.say("When", "we debit the wallet by more than it holds")
			return
		}
		s.move(step, name)
	case NewCard:
		s.card(step, name, last && difference.Check != "success status")
	case CardStatus:
		s.say("When", fmt.Sprintf("the card's status is changed to %q", step.Status))
	case WalletStatus:
		if name != "wallet" {
			s.cannot(step)
			return
		}
		s.say("When", fmt.Sprintf("the wallet's status is changed to %q", step.Status))
	case Repeat:
		if step.Earlier != s.keyed {
			s.cannot(step)
			return
		}
		for range max(step.Copies, 1) {
			s.say("When", "the request is sent again with the same key")
		}
	case ForeignRead:
		s.say("Given", "a wallet of another client")
		s.say("When", `we call "Get wallet by ID" for the foreign wallet`)
	case ForeignStatus, ForeignMoney:
		s.cannot(step)
	case Lists:
	}
}

func (s *story) card(step Step, name string, judged bool) {
	switch {
	case name != "wallet":
		s.cannot(step)
	case step.Copies > 1 && !step.SameKey:
		s.say("When", fmt.Sprintf("we call \"Create a new card\" %d times at once", step.Copies))
	case step.Copies > 1:
		s.say("Given", `a valid request to "Create a new card"`)
		s.say("When", fmt.Sprintf("the request is sent %d times at once under one key", step.Copies))
	case judged:
		s.say("When", `we call "Create a new card"`)
	case s.again[step.Number]:
		s.say("Given", `a valid request to "Create a new card"`)
		s.say("When", "the request is sent")
	default:
		s.say("Given", "a card")
	}
	s.keyed = step.Number
}

func (s *story) wallet(step Step) {
	switch {
	case step.As != "":
		s.cannot(step)
	case len(s.names) == 0 && step.Deed == NewWallet:
		s.names[step.Number] = "wallet"
		s.say("Given", "a wallet")
	case len(s.names) == 0:
		s.names[step.Number] = "wallet"
		s.say("Given", "a wallet of a company")
	case len(s.names) == 1 && step.Deed == NewWallet:
		s.names[step.Number] = "other wallet"
		s.say("Given", "another wallet")
	default:
		s.cannot(step)
	}
}

func (s *story) move(step Step, name string) {
	s.moved, s.keyed = new(step), step.Number
	switch {
	case step.Deed == Transfer && name == "wallet" && s.names[step.Other] == "other wallet":
		s.say("When", fmt.Sprintf("we move %d from the wallet to the other wallet", step.Amount))
	case name != "wallet" || step.Deed == Transfer:
		s.cannot(step)
	case step.Deed == Debit:
		s.say("When", fmt.Sprintf("we debit the wallet by %d", step.Amount))
	case step.Copies > 1 && step.SameKey:
		s.say("Given", `a valid request to "Create manual credit transaction"`)
		s.say("Given", fmt.Sprintf(`the request's "amount" is set to %d`, step.Amount))
		s.say("When", fmt.Sprintf("the request is sent %d times at once under one key", step.Copies))
	case step.Copies > 1:
		s.say("When", fmt.Sprintf("%d credits of %d each are made on the wallet at once", step.Copies, step.Amount))
	default:
		s.say("When", fmt.Sprintf("we credit the wallet with %d", step.Amount))
	}
}

// verdicts are the sentences of what must hold, by the checks that say no more than that.
var verdicts = map[string]string{
	"success status":                   "the call succeeds",
	"overdraft":                        "the call is refused as a fault of the caller",
	"another client's wallet":          "the call is refused as forbidden or not found",
	"one card for one key":             "it was done once",
	"one card for one wallet":          "it was done once",
	"cards of a wallet":                "it was done once",
	"answer of a repeat":               "both answers are the same",
	"wallet of a card":                 "the card reads back equal",
	"holder of a wallet":               "the wallet reads back equal",
	"wallet in its list":               "the wallet is in the list",
	"total is available plus reserved": "the wallet's amounts add up to its total",
	"no negative amount":               "the wallet's amounts are not negative",
}

// verdict says what must hold in the end.
func (s *story) verdict(difference *Difference) {
	switch difference.Check {
	case "balance":
		switch {
		case s.moved != nil && difference.Wallet != 0 && difference.Wallet != s.moved.Wallet && difference.Wallet != s.moved.Other:
			s.whole = false
			s.lines = append(s.lines, "# no sentence says: what a wallet holds on which nothing was booked")
		case s.moved == nil:
			s.say("Then", "the wallet is as it was")
		case s.moved.SameKey && s.moved.Copies > 1:
			s.say("Then", "it was done once")
		case s.moved.Deed == Credit:
			s.say("Then", fmt.Sprintf("the wallet holds %d more than before", s.moved.Amount*int64(max(s.moved.Copies, 1))))
		case s.moved.Deed == Debit:
			s.say("Then", fmt.Sprintf("the wallet holds %d less than before", s.moved.Amount))
		default:
			s.say("Then", fmt.Sprintf("the wallet holds %d less than before", s.moved.Amount))
			s.say("Then", fmt.Sprintf("the other wallet holds %d more than before", s.moved.Amount))
		}
	case "check of card creation", "order of the checks", "check 3 decides", "check 4 decides", "check 7 decides":
		_, says, _ := strings.Cut(difference.Expected, " says ")
		s.say("Then", "the refusal says "+says)
	case "status of a wallet", "status of a card":
		s.say("Then", fmt.Sprintf(`the %s reads back with the "status" %s`,
			strings.TrimPrefix(difference.Check, "status of a "), difference.Expected))
	default:
		if sentence := verdicts[difference.Check]; sentence != "" {
			s.say("Then", sentence)
			return
		}
		s.whole = false
		s.lines = append(s.lines, fmt.Sprintf("# no sentence says: %s; expected %s", difference.Message, difference.Expected))
	}
}

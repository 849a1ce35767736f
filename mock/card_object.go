package mock

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// appendCard writes a card as its page shows it (api-10192216). It is written by hand because it is most of
// what the mock does under load.
func (s *Server) appendCard(b []byte, c *card) []byte {
	b = append(b, `{"id":"`...)
	b = c.id.append(b)
	b = append(b, `","type":"`...)
	b = append(b, s.cardType()...)
	b = append(b, `","wallet_id":"`...)
	b = c.wallet.append(b)
	b = append(b, `","program_id":"`...)
	b = c.program.append(b)
	b = append(b, `","status":"`...)
	b = append(b, c.status...)
	b = append(b, `","external_id":"`...)
	b = strconv.AppendUint(b, uint64(c.external), 10)
	b = append(b, `","last_four_digit":"`...)
	if s.faults.On("card.last-four-has-three") {
		b = append(b, lastFour(c.last)[1:]...)
	} else {
		b = append(b, lastFour(c.last)...)
	}
	b = append(b, `","m_pan":"`...)
	b = append(b, s.shownNumber(c)...)
	b = append(b, `","expiry":"`...)
	b = s.appendMoment(b, c.expiry)
	b = append(b, `","created_at":"`...)
	b = s.appendMoment(b, c.created)
	b = append(b, `","updated_at":"`...)
	if s.faults.On("card.updated-before-created") {
		b = s.appendMoment(b, c.created-1000)
	} else {
		b = s.appendMoment(b, c.updated)
	}
	b = append(b, '"')
	if s.style.CardOwner {
		b = append(b, `,"owner":"`...)
		b = append(b, s.shownOwner(c)...)
		b = append(b, '"')
	}
	if s.faults.Any() {
		b = s.appendLeaks(b, c)
	}
	return append(b, '}')
}

func (s *Server) cardType() string {
	if s.faults.On("card.new-is-physical") {
		return "PHYSICAL"
	}
	return "VIRTUAL"
}

func (s *Server) shownOwner(c *card) string {
	if s.faults.On("card.owner-is-another") {
		return s.inventory.Clients["admin"].ID
	}
	return c.owner
}

// shownNumber is the card number as answers show it: masked.
func (s *Server) shownNumber(c *card) string {
	switch {
	case s.faults.On("leak.card-number"):
		return fullNumber(c.last)
	case s.faults.On("card.last-four-disagrees"):
		return s.masked(9999 - c.last)
	}
	return s.masked(c.last)
}

// masked is a card number behind the mask of the style (CARD-17, F-09).
func (s *Server) masked(last uint16) string {
	switch s.style.Number {
	case "first-six":
		return "411111******" + lastFour(last)
	case "last-four":
		return "************" + lastFour(last)
	case "grouped":
		return strings.Repeat("XXXX ", 3) + lastFour(last)
	case "nothing":
		return "****************"
	}
	return "4111***" + lastFour(last)
}

// appendLeaks adds what no answer may show, where a fault asks for it.
func (s *Server) appendLeaks(b []byte, c *card) []byte {
	if s.faults.On("leak.card-number-member") {
		b = append(b, `,"pan":"`+fullNumber(c.last)+`"`...)
	}
	if s.faults.On("leak.cvv") {
		b = append(b, `,"cvv":"123"`...)
	}
	if s.faults.On("leak.undocumented-member") {
		b = append(b, `,"provider_reference":"px-0815"`...)
	}
	return b
}

func lastFour(n uint16) string {
	const digits = "0123456789"
	return string([]byte{digits[n/1000%10], digits[n/100%10], digits[n/10%10], digits[n%10]})
}

// fullNumber is a well-formed number of a test range, for the faults that show it.
func fullNumber(last uint16) string {
	for middle := range 10 {
		number := fmt.Sprintf("41111111111%d%04d", middle, last)
		if luhnHolds(number) {
			return number
		}
	}
	return "4111111111111111"
}

// luhnHolds checks the last digit of a card number (ISO/IEC 7812-1 annex B).
func luhnHolds(number string) bool {
	sum := 0
	for i := range len(number) {
		d := int(number[len(number)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// expiry is when a card that is made now runs out (C-27).
func (s *Server) expiry(now millis) millis {
	t := time.UnixMilli(int64(now)).UTC()
	switch s.style.Expiry {
	case "to-the-day":
		return millis(t.AddDate(3, 0, 0).Truncate(24 * time.Hour).UnixMilli())
	case "past":
		return millis(time.Date(2010, 3, 9, 6, 8, 39, 0, time.UTC).UnixMilli())
	case "far":
		return millis(time.Date(2099, 12, 31, 23, 59, 59, 0, time.UTC).UnixMilli())
	}
	return monthEnd(now)
}

// monthEnd is the last second of the month three years on, as the newest sample has it.
func monthEnd(now millis) millis {
	t := time.UnixMilli(int64(now)).UTC()
	return millis(time.Date(t.Year()+3, t.Month()+1, 1, 0, 0, 0, 0, time.UTC).Add(-time.Second).UnixMilli())
}

package mock

import (
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
	b = append(b, either(s, "VIRTUAL", "card.new-is-physical", "PHYSICAL")...)
	b = append(b, `","wallet_id":"`...)
	b = c.wallet.append(b)
	b = append(b, `","program_id":"`...)
	b = c.program.append(b)
	b = append(b, `","status":"`...)
	b = append(b, c.status...)
	b = append(b, `","external_id":"`...)
	b = strconv.AppendUint(b, uint64(c.external), 10)
	b = append(b, `","last_four_digit":"`...)
	b = append(b, either(s, lastFour(c.last), "card.last-four-has-three", lastFour(c.last)[1:])...)
	b = append(b, `","m_pan":"`...)
	b = append(b, s.brokenNumber(c, s.masked(c.last))...)
	b = append(b, `","expiry":"`...)
	b = s.appendMoment(b, c.expiry)
	b = append(b, `","created_at":"`...)
	b = s.appendMoment(b, c.created)
	b = append(b, `","updated_at":"`...)
	b = s.appendMoment(b, either(s, c.updated, "card.updated-before-created", c.created-1000))
	b = append(b, '"')
	if s.style.CardOwner {
		b = append(b, `,"owner":"`...)
		b = append(b, either(s, c.owner, "card.owner-is-another", s.inventory.Clients["admin"].ID)...)
		b = append(b, '"')
	}
	return append(s.appendLeaks(b, c), '}')
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

func lastFour(n uint16) string {
	const digits = "0123456789"
	return string([]byte{digits[n/1000%10], digits[n/100%10], digits[n/10%10], digits[n%10]})
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

package mock

import "fmt"

// brokenNumber is the card number as answers show it: masked, unless a fault unmasks it.
func (s *Server) brokenNumber(c *card, masked string) string {
	switch {
	case s.faults.On("leak.card-number"):
		return fullNumber(c.last)
	case s.faults.On("card.last-four-disagrees"):
		return s.masked(9999 - c.last)
	}
	return masked
}

// appendLeaks adds what no answer may show, where a fault asks for it.
func (s *Server) appendLeaks(b []byte, c *card) []byte {
	if !s.faults.Any() {
		return b
	}
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

package client

import "time"

// lived is what was seen of a token: when it was asked for and given, how long it was to live, the age at which it was
// served last, and the one at which it was refused before its time; zero for never.
type lived struct {
	asked, given    time.Time
	promised        float64 // seconds
	served, refused time.Duration
}

// begin notes that a token was given.
func (t *tokens) begin(value string, exchange *Exchange, promised float64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.lives[value] == nil {
		t.lives[value] = &lived{asked: exchange.StartedAt, given: exchange.StartedAt.Add(exchange.Duration), promised: promised}
	}
}

// hear notes the age at which a token was served, which was more when the API looked at it.
func (t *tokens) hear(exchange *Exchange) {
	if exchange.Status/100 != 2 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if one := t.lives[bearer(exchange.sent.Header)]; one != nil {
		one.served = max(one.served, exchange.StartedAt.Sub(one.given))
	}
}

// wholeSecond is how much the ages may differ at which tokens end that tell their time in whole seconds.
const wholeSecond = time.Second

// enoughLives are so many tokens that were refused before their time, that it is no chance where all ended at one age.
const enoughLives = 3

// ShortLives says at which age tokens come to their end, and how long they were to live, where that is less than they
// were given: several were refused at one age before their time, and none was served beyond it. Who revokes tokens, or
// changes the keys that they are signed with, meets them at any age.
func (c *Client) ShortLives() (end, told time.Duration, there bool) {
	t := c.tokens
	t.mu.Lock()
	defer t.mu.Unlock()
	refused, served := 0, time.Duration(0)
	for _, one := range t.lives {
		served = max(served, one.served)
		if one.refused > 0 && one.refused.Seconds() < one.promised {
			if refused++; refused == 1 || one.refused < end {
				end, told = one.refused, time.Duration(one.promised*float64(time.Second))
			}
		}
	}
	return end, told, refused >= enoughLives && served < end+wholeSecond
}

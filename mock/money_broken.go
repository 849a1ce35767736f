package mock

// brokenAmounts are the figures of a wallet with what the faults make of them.
func (s *Server) brokenAmounts(shown amounts) amounts {
	if s.faults.On("money.total-wrong") {
		shown.total++
	}
	if shown.total != 0 && s.faults.On("money.total-frozen") {
		shown.total = 0
	}
	if shown.reserved != 0 && s.faults.On("money.reserved-at-creation") {
		shown.total -= shown.reserved
	}
	return shown
}

// broken is a movement with what the faults on money make of it.
func (s *Server) broken(c *call, m movement) movement {
	if !s.faults.Any() {
		return m
	}
	transfer := m.from != nil && m.to != nil
	if m.from != nil && !transfer {
		if s.faults.On("money.debit-drifts") {
			m.taken--
		}
		if s.faults.On("money.debit-not-booked") {
			m.taken = 0
		}
	}
	if m.to != nil && !transfer {
		if s.faults.On("money.credit-drifts") {
			m.given++
		}
		if s.faults.On("money.credit-not-booked") || s.faults.OneIn("rare.credit-not-booked", 20) {
			m.given = 0
		}
		if s.faults.On("money.credit-booked-twice") {
			m.given *= 2
		}
	}
	if transfer && m.from == m.to {
		m.taken = 0 // money.self-transfer-makes-money alone lets it come to this
	}
	if transfer && s.faults.On("money.lost-in-transfer") {
		m.given = 0
	}
	if transfer && s.faults.On("money.fee-in-transfer") {
		m.given--
	}
	for _, w := range []*wallet{m.from, m.to} {
		if w != nil {
			s.loseUpdate(c, w)
		}
	}
	return m
}

// brokenTransfer takes a cent of a transfer whose other side is refused, where a fault asks for it.
func (s *Server) brokenTransfer(from *wallet) {
	if from.available > 0 && s.faults.On("money.refused-transfer-takes") {
		from.available--
	}
}

// balanceBefore is what a wallet held before its latest movement, and when that movement ended.
type balanceBefore struct {
	held  cents
	ended int64
}

// loseUpdate lets a movement begin from what the wallet held before one that was under way at the same time.
func (s *Server) loseUpdate(c *call, w *wallet) {
	before, moved := s.store.before[w.id]
	held := w.available
	if moved && c.meanwhile(before.ended) && s.faults.On("money.lost-update") {
		w.available = before.held
	}
	s.store.before[w.id] = balanceBefore{held: held, ended: s.arrivals.Load()}
}

// rounded is the amount itself, unless a fault keeps it in a single-precision float.
func (s *Server) rounded(c cents) cents {
	if int64(c) != int64(int32(c)) && s.faults.On("money.thirty-two-bits") {
		c = cents(int32(c))
	}
	return either(s, c, "money.single-precision", cents(float32(c)))
}

// silent reports whether a fault keeps a movement from being told.
func (s *Server) silent(from, to *wallet) bool {
	switch {
	case from == nil:
		return false
	case to == nil:
		return s.faults.On("webhook.debit-not-told")
	}
	return s.faults.On("webhook.transfer-not-told")
}

// overdraws reports whether a fault lets a movement take more than there is.
func (s *Server) overdraws(from, to *wallet, moved cents) bool {
	return s.faults.On("money.overdraft-allowed") || moved == from.available+1 && s.faults.On("money.overdraft-by-one") ||
		to != nil && s.faults.On("money.transfer-overdraws")
}

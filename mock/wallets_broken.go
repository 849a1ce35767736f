package mock

// brokenWallet is a new wallet with what the faults make of it.
func (s *Server) brokenWallet(w *wallet) *wallet {
	if s.faults.On("wallet.new-is-linked") {
		w.external = "11111"
	}
	if s.faults.On("wallet.new-is-inactive") {
		w.status = "INACTIVE"
	}
	if s.faults.On("money.reserved-at-creation") {
		w.reserved = 100
	}
	return w
}

// brokenHolder is a wallet that was just made, as the answer shows it.
func (s *Server) brokenHolder(w *wallet) *wallet {
	if !s.faults.On("wallet.other-holder-shown") {
		return w
	}
	shown := *w
	shown.holder = s.store.newID()
	return &shown
}

// brokenWalletRead is the wallet that a read shows: another one, or what it held before its latest movement, where
// a fault asks for it.
func (s *Server) brokenWalletRead(c *call, w *wallet) *wallet {
	if all := s.store.wallets.byOwner[c.caller.id]; len(all) > 1 && s.faults.On("wallet.another-is-read") {
		return all[0]
	}
	before, moved := s.store.before[w.id]
	if moved && before.held != w.available && s.faults.OneIn("money.stale-read", 5) {
		stale := *w
		stale.available = before.held
		return &stale
	}
	return w
}

package mock

import "net/http"

// appendWallet writes a wallet as its page shows it (api-10192233).
func (s *Server) appendWallet(b []byte, w *wallet) []byte {
	shown := s.shownAmounts(w)
	b = append(b, `{"id":"`...)
	b = w.id.append(b)
	b = append(b, `","external_id":`...)
	switch {
	case w.external != "":
		b = append(b, quote(w.external)...)
	case s.faults.On("wallet.external-id-empty"):
		b = append(b, `""`...)
	default:
		b = append(b, "null"...)
	}
	b = append(b, `,"created_at":"`...)
	b = s.appendMoment(b, w.created)
	b = append(b, `","updated_at":"`...)
	b = s.appendMoment(b, w.updated)
	b = append(b, `","holder_id":"`...)
	b = w.holder.append(b)
	b = append(b, `","asset":"AUD","asset_class":"CURRENCY","status":"`...)
	b = append(b, w.status...)
	b = append(b, `","partner_product":"KOBBLE_AUD_1","total_amount":`...)
	b = s.appendAmount(b, shown.total)
	b = append(b, `,"amount":`...)
	b = s.appendAmount(b, shown.available)
	b = append(b, `,"reserved_amount":`...)
	b = s.appendAmount(b, shown.reserved)
	switch s.style.BankFields {
	case "null":
		b = append(append(append(b, `,"account_number":null,"bank_code_type":null,"bank_code":null,"owner":"`...),
			w.owner...), '"')
	case "given":
		b = append(append(append(b, `,"account_number":"12345678","bank_code_type":"BSB","bank_code":"062-000","owner":"`...),
			w.owner...), '"')
	}
	return append(b, '}')
}

func (s *Server) walletAnswer(status int, w *wallet) answer {
	return answer{status: status, body: s.appendWallet(make([]byte, 0, 512), w)}
}

func (s *Server) listWallets(c *call) answer {
	return s.wholeList(c, written(visible(s, c, &s.store.wallets),
		func(w *wallet) []byte { return s.appendWallet(make([]byte, 0, 512), s.listedWallet(w)) }))
}

// createWallet makes a wallet that is ready for a card, or is once it was activated (WALLET-36, C-15).
func (s *Server) createWallet(c *call) answer {
	holder, _ := parseID(c.text("holder_id"))
	enduser := s.store.endusers.byID[holder]
	theirs := enduser != nil && (enduser.owner == c.caller.id || s.faults.On("tenancy.foreign-holder-accepted"))
	if s.style.HolderChecked && !theirs {
		return s.invalid(c, "The holder is not an enduser of this client")
	}
	w := s.brokenWallet(&wallet{head: s.store.born(c.caller.id), holder: holder, status: s.style.NewWallet})
	keep(s, "persist.wallet-lost", &s.store.wallets, w)
	s.announceMore(c, "wallet-create", w.id, w.created)
	return s.walletAnswer(either(s, http.StatusOK, "status.wallet-created-201", http.StatusCreated), s.brokenHolder(w))
}

func (s *Server) getWallet(c *call) answer {
	w, refusal, ok := own(s, c, &s.store.wallets, "Wallet")
	if !ok {
		return refusal
	}
	return s.walletAnswer(http.StatusOK, s.brokenWalletRead(c, w))
}

// updateWallet changes the status. Which changes are allowed is stated nowhere (N-28).
func (s *Server) updateWallet(c *call) answer {
	w, refusal, ok := own(s, c, &s.store.wallets, "Wallet")
	if !ok {
		return refusal
	}
	changed := *w
	changed.status = c.text("status")
	if s.style.NoReturn && changed.status == "INACTIVE" && w.status != "INACTIVE" {
		return s.forbiddenByState("A wallet that was used does not become INACTIVE again")
	}
	changed.updated = s.touched(w.updated)
	if !s.faults.On("persist.wallet-status-lost") {
		*w = changed
	}
	s.announceMore(c, "wallet-update", w.id, changed.updated)
	return s.succeed(c, s.appendWallet(make([]byte, 0, 512), &changed))
}

package mock

import "encoding/json"

// goodRequest is a valid body for each operation that takes one, and the parameters of its path. The
// operations are those of the contract; a test holds that none is missing.
func (c *caller) goodRequest(operation string) (any, []string) {
	c.t.Helper()
	switch operation {
	case "beneficiaries-create", "beneficiaries-create-payid":
		return body{"bank_name": "Example Bank", "bank_country": "AUS", "bank_code_type": "BSB", "bank_code": "062-000",
			"account_number": "12345678", "person": body{"name": "Jane Doe"}, "metadata": body{}}, nil
	case "beneficiaries-get":
		return nil, []string{c.beneficiary()}
	case "beneficiaries-update":
		return body{"status": "INACTIVE", "metadata": body{"a": 1}}, []string{c.beneficiary()}
	case "cards-create":
		return body{"wallet_id": c.wallet(), "program_id": c.program("ok")}, nil
	case "cards-get":
		return nil, []string{c.card()}
	case "cards-update-status":
		return body{"status": "ACTIVE"}, []string{c.card()}
	case "cards-replace-renew":
		return body{"reason": "worn", "expiry": "2030-12"}, []string{c.card(), "replace"}
	case "cards-generate-secret":
		return body{"remarks": "test attempt one"}, []string{c.card()}
	case "cards-widget-session-token":
		return body{}, nil
	case "card-programs-create":
		return body{"type": "VIRTUAL", "partner_product": "KOBBLE_DEBIT_1", "metadata": json.RawMessage(goodProgramMetadata)},
			nil
	case "card-programs-get":
		return nil, []string{c.program("ok")}
	case "clients-get":
		return nil, []string{c.server.Inventory().Clients["second"].ID}
	case "clients-create":
		return body{"name": "Third", "metadata": body{}}, nil
	case "clients-update-status":
		return body{"status": "INACTIVE"},
			[]string{c.as("admin").call("clients-create", body{"name": "Third"}).succeeds().id()}
	case "endusers-create":
		return body{"person": person(), "metadata": body{"crm": "7"}}, nil
	case "endusers-get":
		return nil, []string{c.enduser()}
	case "transactions-create":
		return body{"amount": 957, "reference": "rent", "metadata": body{}, "from": c.funded(5000), "to": c.wallet()}, nil
	case "transactions-get":
		return nil, []string{c.credit(c.wallet(), 100)}
	case "transactions-manual-credit":
		return body{"amount": 100000, "reference": "Initial topup", "metadata": body{}, "to": c.wallet()}, nil
	case "transactions-manual-debit":
		return body{"amount": 1, "reference": "", "metadata": body{}, "from": c.funded(10)}, nil
	case "wallets-create":
		return body{"holder_id": c.enduser(), "asset": "AUD", "asset_class": "CURRENCY", "partner_product": "KOBBLE_AUD_1"},
			nil
	case "wallets-get":
		return nil, []string{c.wallet()}
	case "wallets-update":
		return body{"status": "SUSPENDED"}, []string{c.wallet()}
	case "relays-create", "webhooks-create":
		return body{"url": "https://hooks.example.test/kobble"}, nil
	case "webhooks-delete":
		return nil, []string{c.call("webhooks-create", body{"url": "https://hooks.example.test/kobble"}).succeeds().id()}
	}
	return nil, nil // lists and the healthcheck take nothing
}

// privileged is the caller that may call an operation in every style.
func (c *caller) privileged(operation string) *caller {
	switch operation {
	case "clients-list", "clients-get", "clients-create", "clients-update-status", "card-programs-create":
		return c.as("admin")
	}
	return c
}

func (c *caller) beneficiary() string {
	c.t.Helper()
	good, _ := c.goodRequest("beneficiaries-create")
	return c.call("beneficiaries-create", good).succeeds().id()
}

func (c *caller) credit(wallet string, amount int) string {
	c.t.Helper()
	return c.call("transactions-manual-credit", body{"amount": amount, "reference": "credit", "metadata": body{},
		"to": wallet}).succeeds().id()
}

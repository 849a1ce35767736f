package doctor

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// fixtures reads each thing that the target file names.
func (d *Doctor) fixtures(ctx context.Context) {
	given := d.File.Fixtures
	d.each(ctx, "fixtures.programs", "card-programs-get", given.Programs)
	d.each(ctx, "fixtures.wallets", "wallets-get", given.Wallets)
	if len(given.Programs) == 0 && len(given.Wallets) == 0 {
		d.note("fixtures", Poor, "add fixtures.programs and fixtures.wallets as docs/target-file.md explains",
			"there are none: most of the card-creation order can't be tested")
	}
	d.second(ctx)
	if given.ExpiredToken() == "" {
		d.note("fixtures.expired_token_env", Poor, "export a token that has run out", "there is none")
	}
}

func (d *Doctor) each(ctx context.Context, key, operation string, ids map[string]string) {
	names := slices.Sorted(maps.Keys(ids))
	fine := 0
	for _, name := range names {
		status, body, err := d.ask(ctx, "", operation, ids[name])
		what := key + "." + name
		switch {
		case err != nil:
			d.note(what, Broken, "", "%v", err)
		case status == http.StatusNotFound && foreign(name):
			fine++ // what belongs to somebody else must not be seen
		case status/100 != 2:
			d.note(what, Poor, "mend the id in the target file", "reading %s is answered %d", ids[name], status)
		case name == "ok" && !strings.Contains(body, `"ACTIVE"`):
			d.note(what, Poor, "name a program that is active and valid", "%s is not active", ids[name])
		default:
			fine++
		}
	}
	if fine > 0 {
		d.note(key, Fine, "", "%d of %d can be read", fine, len(names))
	}
}

// foreign reports whether a fixture fails one of the checks that a thing of another client, or one that
// does not exist, fails.
func foreign(name string) bool {
	return slices.ContainsFunc(strings.Split(name, "+"), func(check string) bool { return check == "1" || check == "3" })
}

// secondReads are the operations that read the things of another client, by their kinds.
var secondReads = map[string]string{"wallet": "wallets-get", "card": "cards-get", "enduser": "endusers-get",
	"beneficiary": "beneficiaries-get", "transaction": "transactions-get"}

// second sees that the things of another client are there for that client and for nobody else.
func (d *Doctor) second(ctx context.Context) {
	kinds := slices.Sorted(maps.Keys(secondReads))
	_, hasSecond := d.File.Target.Clients["second"]
	for _, kind := range kinds {
		id := d.File.Fixtures.SecondClient[kind]
		if id == "" {
			if !hasSecond {
				d.note("fixtures.second_client."+kind, Poor, "set target.clients.second, or the id of a "+kind+" of another client",
					"nothing shows whether clients are kept apart here")
			}
			continue
		}
		if !hasSecond {
			continue
		}
		if status, _, err := d.ask(ctx, "second", secondReads[kind], id); err != nil || status/100 != 2 {
			d.note("fixtures.second_client."+kind, Poor, "mend the id in the target file", "the second client reading it is answered %d %s",
				status, errorText(err))
		} else {
			d.note("fixtures.second_client."+kind, Fine, "", "the second client can read it")
		}
	}
}

// webhooks sees where deliveries would be received.
func (d *Doctor) webhooks(ctx context.Context) {
	hooks := d.File.Webhooks
	switch {
	case hooks == nil || hooks.PublicURL == "":
		if d.File.LocalHost() != "" {
			d.note("webhooks", Fine, "", "the target is on this machine and can reach a receiver here")
			return
		}
		d.note("webhooks", Poor, "set webhooks.public_url to an address under which the API reaches webhooks.listen",
			"deliveries can't be received")
	default:
		public, err := url.Parse(hooks.PublicURL)
		if err != nil || public.Host == "" {
			d.note("webhooks", Poor, "mend webhooks.public_url", "%q is no address", hooks.PublicURL)
			return
		}
		if _, err := net.DefaultResolver.LookupHost(ctx, public.Hostname()); err != nil {
			d.note("webhooks", Poor, "mend webhooks.public_url", "%v", err)
			return
		}
		d.note("webhooks", Fine, "", "received under %s", hooks.PublicURL)
	}
}

// load says whether load is allowed now.
func (d *Doctor) load() {
	load := d.File.Load
	switch {
	case load == nil || !load.Allow:
		return
	case load.BurstNotice == nil:
		d.note("load", Poor, "announce the burst 48 hours ahead (kobcheck load --notice) and set load.burst_notice",
			"allowed, but no burst notice is on file")
	default:
		if !load.BurstNotice.Covers(d.Now(), 0) {
			d.note("load", Poor, "set load.burst_notice to a window that covers the run", "the notice %s does not cover now",
				load.BurstNotice.Reference)
			return
		}
		d.note("load", Fine, "", "notice %s covers now", load.BurstNotice.Reference)
	}
}

// Lost takes out of the target file what it names and nobody finds any more, as where a staging was wiped, and returns
// the keys: what needs them is then not testable, and says which key would change that, in place of failing. A program
// that does not exist fails check 1 as well as another, and stays.
func (d *Doctor) Lost(ctx context.Context) []string {
	var lost []string
	given := &d.File.Fixtures
	for _, group := range []struct {
		key, operation, as string
		ids                map[string]string
	}{{"fixtures.programs", "card-programs-get", "", given.Programs},
		{"fixtures.wallets", "wallets-get", "", given.Wallets},
		{"fixtures.second_client", "", "second", given.SecondClient}} {
		for _, name := range slices.Sorted(maps.Keys(group.ids)) {
			operation := cmp.Or(group.operation, secondReads[name])
			if operation == "" || operation == "card-programs-get" && foreign(name) {
				continue
			}
			status, _, err := d.ask(ctx, group.as, operation, group.ids[name])
			if err != nil {
				return lost // the run itself tells of a target that is away
			}
			if status == http.StatusNotFound {
				lost = append(lost, fmt.Sprintf("%s.%q", group.key, name))
				delete(group.ids, name)
			}
		}
	}
	return lost
}

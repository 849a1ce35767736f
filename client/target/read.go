package target

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/contract/yamlfile"
)

// Error is a fault of a target file.
type Error = yamlfile.Error

// Read reads and checks a target file and resolves its secrets through getenv and the files that it
// names, which are relative to it. Every fault of the content is an [*Error].
func Read(path string, getenv func(string) string) (*File, error) {
	data, err := contract.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the target file: %w; kobcheck mock --print-target prints one that works", err)
	}
	f, err := Parse(path, data)
	if err != nil {
		return nil, err
	}
	return f, f.resolve(path, getenv)
}

// Parse reads and checks a target file without resolving its secrets.
func Parse(path string, data []byte) (*File, error) {
	of, err := definition()
	if err != nil {
		return nil, err
	}
	f := new(File)
	document, err := of.Read(path, data, f)
	if err != nil {
		return nil, err
	}
	f.Target.Edition = cmp.Or(f.Target.Edition, contract.V1)
	return f, f.check(document)
}

// Schema is the JSON Schema of a target file.
func Schema() (map[string]any, error) {
	of, err := definition()
	return of.Schema(new(File)), err
}

// definition says what the keys and texts of a target file look like.
func definition() (yamlfile.Definition, error) {
	facts, err := contract.Load()
	if err != nil {
		return yamlfile.Definition{}, err
	}
	var operations []string
	for _, operation := range facts.Operations {
		operations = append(operations, operation.ID)
	}
	clients := []string{"primary", "second", "admin"}
	return yamlfile.Definition{Name: "a target file", Forms: map[string]yamlfile.Form{
		"edition": {OneOf: []string{string(contract.V1), string(contract.Guide)},
			Words: "is no edition; it is v1 or guide"},
		"client": {OneOf: clients, Wrong: among(clients,
			"there is no client %q; a target has primary, second and admin")},
		"operation": {OneOf: operations, Wrong: among(operations,
			"there is no operation %q; kobcheck list operations shows them")},
		"checks": {Pattern: `^(ok|[1-8](\+[1-8])*)$`, Words: "is neither ok nor numbers of checks such as 3+4"},
		"limit scope": {OneOf: []string{"client", "token", "operation", "address", "everything"},
			Words: "is no scope; it is client, token, operation, address or everything"},
	}}, nil
}

func among(known []string, words string) func(string) string {
	return func(text string) string {
		if slices.Contains(known, text) {
			return ""
		}
		return fmt.Sprintf(words, text) + contract.Meant(text, known)
	}
}

// check tells what can't be although each key alone can.
func (f *File) check(at *yamlfile.Document) error {
	var faults []error
	fault := func(key, format string, args ...any) { faults = append(faults, at.Fault(key, format, args...)) }
	if _, there := f.Target.Clients["primary"]; !there {
		fault("target", "clients.primary is missing; every run needs it")
	}
	for _, name := range slices.Sorted(maps.Keys(f.Target.Clients)) {
		one, key := f.Target.Clients[name], "target.clients."+name
		switch {
		case one.SecretEnv == "" && one.SecretFile == "":
			fault(key, "the secret is missing; name a variable with secret_env or a file with secret_file")
		case one.SecretEnv != "" && one.SecretFile != "":
			fault(key, "secret_env and secret_file are both there; keep one")
		}
	}
	if tls := f.Target.TLS; tls != nil && (tls.CertFile == "") != (tls.KeyFile == "") {
		fault("target.tls", "cert_file and key_file go together; one of them is missing")
	}
	if f.Limits != nil && f.Limits.Requests <= 0 {
		fault("limits.requests", "it must be positive, and is %d", f.Limits.Requests)
	}
	if f.Load != nil && f.Load.BurstNotice != nil {
		if from, to, readable := f.Load.BurstNotice.window(); !readable || !from.Before(to) {
			fault("load.burst_notice", "the window ends before it begins")
		}
	}
	if f.Load != nil && f.Load.Ceilings != nil {
		if c := f.Load.Ceilings; c.Rate < 0 || c.Requests < 0 || c.Entities < 0 {
			fault("load.ceilings", "a ceiling is above 0")
		}
	}
	return errors.Join(faults...)
}

// resolve fetches the secrets.
func (f *File) resolve(path string, getenv func(string) string) error {
	var faults []error
	get := func(what, variable, file string) string {
		if variable != "" {
			// As in a file, a line's end is no part of the secret: exporting what a command printed leaves one.
			value := strings.TrimRight(getenv(variable), "\r\n")
			if value == "" {
				faults = append(faults, &Error{File: path, What: fmt.Sprintf("%s comes from the environment "+
					"variable %s, which is empty; set it", what, variable)})
			}
			return value
		}
		if file == "" {
			return ""
		}
		if !filepath.IsAbs(file) {
			file = filepath.Join(filepath.Dir(path), file)
		}
		data, err := os.ReadFile(file)
		if err != nil {
			faults = append(faults, &Error{File: path, What: fmt.Sprintf("%s comes from a file that can't be read: %v",
				what, err)})
		}
		return strings.TrimSpace(string(data))
	}
	for name, one := range f.Target.Clients {
		one.secret = get("the secret of the client "+name, one.SecretEnv, one.SecretFile)
		f.Target.Clients[name] = one
	}
	if tls := f.Target.TLS; tls != nil {
		for _, file := range []*string{&tls.CAFile, &tls.CertFile, &tls.KeyFile} {
			if *file != "" && !filepath.IsAbs(*file) {
				*file = filepath.Join(filepath.Dir(path), *file)
			}
		}
	}
	f.Fixtures.expired = get("the expired token", f.Fixtures.ExpiredEnv, f.Fixtures.ExpiredFile)
	return errors.Join(faults...)
}

// WithSecrets returns a copy of the file with secrets that are known already, for a target in this process.
func (f File) WithSecrets(secrets map[string]string, expiredToken string) *File {
	clients := map[string]Client{}
	for name, one := range f.Target.Clients {
		one.secret = secrets[name]
		clients[name] = one
	}
	f.Target.Clients, f.Fixtures.expired = clients, expiredToken
	return &f
}

// LocalHost is host and port of an API on this machine, or "" where it is elsewhere. Of one behind a proxy it is the
// API's own.
func (f *File) LocalHost() string {
	address := f.Target.BaseURL
	if f.Webhooks != nil && f.Webhooks.Sender != "" {
		address = f.Webhooks.Sender
	}
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	if !client.OnThisMachine(u.Hostname()) {
		return ""
	}
	return u.Host
}

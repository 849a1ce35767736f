package target

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"sort"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/parser"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/contract"
)

// Error says what is wrong with a target file and where.
type Error struct {
	File string
	// Line and Column count from 1; 0 where the fault has no place.
	Line, Column int
	What         string
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %s", e.File, e.What)
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.What)
}

// Read reads and checks a target file and resolves its secrets through getenv and the files that it
// names, which are relative to it. Every fault of the content is an [*Error].
func Read(path string, getenv func(string) string) (*File, error) {
	data, err := os.ReadFile(path)
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
	f := new(File)
	if err := yaml.UnmarshalWithOptions(data, f, yaml.Strict()); err != nil {
		return nil, explain(path, err)
	}
	if f.Target.Edition == "" {
		f.Target.Edition = contract.V1
	}
	places := &places{path: path, data: data}
	if err := onlyOne(path, data); err != nil {
		return nil, err
	}
	return f, f.check(places)
}

var unknownField = regexp.MustCompile(`unknown field "([^"]+)"`)

// explain turns an error of the YAML reader into ours, with the nearest right key for an unknown one.
func explain(path string, err error) error {
	out := &Error{File: path, What: strings.SplitN(yaml.FormatError(err, false, false), "\n", 2)[0]}
	var located yaml.Error
	if errors.As(err, &located) {
		if token := located.GetToken(); token != nil && token.Position != nil {
			out.Line, out.Column = token.Position.Line, token.Position.Column
		}
		out.What = located.GetMessage()
	}
	if found := unknownField.FindStringSubmatch(err.Error()); found != nil {
		out.What = fmt.Sprintf("there is no key %q", found[1])
		if secretLike(found[1]) {
			out.What = fmt.Sprintf("the key %q would hold a secret; name an environment variable with secret_env or a file with secret_file", found[1])
		} else {
			out.What += contract.Meant(found[1], keysOf(reflect.TypeFor[File](), map[reflect.Type]bool{}))
		}
	}
	return out
}

func secretLike(key string) bool {
	key = strings.ToLower(key)
	return key == "secret" || key == "client_secret" || key == "password" || key == "token" || key == "access_token" || key == "expired_token"
}

func keysOf(t reflect.Type, seen map[reflect.Type]bool) []string {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || seen[t] {
		return nil
	}
	seen[t] = true
	var keys []string
	for i := range t.NumField() {
		field := t.Field(i)
		if key, _, _ := strings.Cut(field.Tag.Get("yaml"), ","); key != "" {
			keys = append(keys, key)
		}
		keys = append(keys, keysOf(field.Type, seen)...)
	}
	return keys
}

// places finds the line of a key, for faults that are found after the file was read.
type places struct {
	path string
	data []byte
}

// fault returns an error at a path such as $.target.base_url.
func (p *places) fault(key, format string, args ...any) error {
	e := &Error{File: p.path, What: strings.TrimPrefix(key, "$.") + ": " + fmt.Sprintf(format, args...)}
	at, err := yaml.PathString(key)
	if err != nil {
		return e
	}
	node, err := at.ReadNode(strings.NewReader(string(p.data)))
	if err == nil && node != nil && node.GetToken() != nil && node.GetToken().Position != nil {
		e.Line, e.Column = node.GetToken().Position.Line, node.GetToken().Position.Column
	}
	return e
}

var uuidForm = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

var checksForm = regexp.MustCompile(`^(ok|[1-8](\+[1-8])*)$`)

// clientNames are the clients that a target file may have.
var clientNames = map[string]bool{"primary": true, "second": true, "admin": true}

func (f *File) check(at *places) error {
	var faults []error
	fault := func(key, format string, args ...any) { faults = append(faults, at.fault(key, format, args...)) }
	if f.Target.Name == "" {
		fault("$.target", "a name is missing; reports and history go by it")
	}
	for key, address := range map[string]string{"base_url": f.Target.BaseURL, "token_url": f.Target.TokenURL} {
		if u, err := url.Parse(address); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			fault("$.target."+key, "%q is no http or https address", address)
		} else if u.User != nil {
			fault("$.target."+key, "the address holds credentials; they belong into clients")
		}
	}
	if f.Target.Edition != contract.V1 && f.Target.Edition != contract.Guide {
		fault("$.target.edition", "%q is no edition; it is v1 or guide", f.Target.Edition)
	}
	if _, there := f.Target.Clients["primary"]; !there {
		fault("$.target", "clients.primary is missing; every run needs it")
	}
	for name, one := range f.Target.Clients {
		key := "$.target.clients." + name
		switch {
		case !clientNames[name]:
			fault(key, "there is no client %q; a target has primary, second and admin", name)
		case one.ID == "":
			fault(key, "id is missing")
		case one.SecretEnv == "" && one.SecretFile == "":
			fault(key, "the secret is missing; name a variable with secret_env or a file with secret_file")
		case one.SecretEnv != "" && one.SecretFile != "":
			fault(key, "secret_env and secret_file are both there; keep one")
		}
	}
	for name, one := range f.Target.Clients {
		if one.SecretEnv != "" && !variableForm.MatchString(one.SecretEnv) {
			fault("$.target.clients."+name, "secret_env is no name of an environment variable (letters, digits and _); is that the secret itself? It belongs into the environment")
		}
	}
	f.checkPaths(fault)
	f.checkLimits(fault)
	for kind, ids := range map[string]map[string]string{"programs": f.Fixtures.Programs, "wallets": f.Fixtures.Wallets} {
		for checks, id := range ids {
			if !checksForm.MatchString(checks) {
				fault("$.fixtures."+kind, "the key %q is neither ok nor numbers of checks such as 3+4", checks)
			} else if !uuidForm.MatchString(id) {
				fault("$.fixtures."+kind, "the id under %q is no UUID", checks)
			}
		}
	}
	for kind, id := range f.Fixtures.SecondClient {
		if !uuidForm.MatchString(id) {
			fault("$.fixtures.second_client", "the id of %s is no UUID", kind)
		}
	}
	sort.Slice(faults, func(i, j int) bool { return faults[i].Error() < faults[j].Error() })
	return errors.Join(faults...)
}

var variableForm = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// onlyOne refuses a file with several YAML documents, of which all but the first would be ignored.
func onlyOne(path string, data []byte) error {
	parsed, err := parser.ParseBytes(data, 0)
	if err != nil {
		return explain(path, err)
	}
	if len(parsed.Docs) < 2 {
		return nil
	}
	second := &Error{File: path, What: "a second YAML document begins; a target file is one"}
	if body := parsed.Docs[1].Body; body != nil && body.GetToken() != nil && body.GetToken().Position != nil {
		second.Line, second.Column = body.GetToken().Position.Line, body.GetToken().Position.Column
	} else if parsed.Docs[1].Start != nil && parsed.Docs[1].Start.Position != nil {
		second.Line, second.Column = parsed.Docs[1].Start.Position.Line, parsed.Docs[1].Start.Position.Column
	}
	if parsed.Docs[1].Body == nil {
		return nil // a closing --- says nothing more
	}
	return second
}

// checkPaths holds the keys of paths and bodies against the operations that there are.
func (f *File) checkPaths(fault func(key, format string, args ...any)) {
	facts, err := contract.Load()
	if err != nil {
		fault("$.target", "the contract can't be read: %v", err)
		return
	}
	for id, path := range f.Target.Paths {
		switch {
		case facts.Operation(id) == nil:
			fault("$.target.paths", "there is no operation %q; kobcheck list operations shows them", id)
		case !strings.HasPrefix(path, "/"):
			fault("$.target.paths", "the path of %s must begin with /", id)
		}
	}
	for id := range f.Fixtures.Bodies {
		if facts.Operation(id) == nil {
			fault("$.fixtures.bodies", "there is no operation %q; kobcheck list operations shows them", id)
		}
	}
}

// limitScopes are what a stated limit can be counted by.
var limitScopes = map[string]bool{"": true, "client": true, "token": true, "operation": true, "address": true, "everything": true}

// checkLimits refuses limits and load windows that can't be.
func (f *File) checkLimits(fault func(key, format string, args ...any)) {
	if l := f.Limits; l != nil {
		window, err := time.ParseDuration(l.Window)
		switch {
		case l.Requests <= 0:
			fault("$.limits", "requests must be positive, and is %d", l.Requests)
		case err != nil || window <= 0:
			fault("$.limits.window", "%q is no positive duration; write it like 1s or 1m", l.Window)
		case !limitScopes[l.Scope]:
			fault("$.limits.scope", "%q is no scope; it is client, token, operation, address or everything", l.Scope)
		}
	}
	if w := f.Webhooks; w != nil {
		for key, address := range map[string]string{"public_url": w.PublicURL, "sender": w.Sender} {
			if u, err := url.Parse(address); address != "" && (err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http") {
				fault("$.webhooks."+key, "%q is no http or https address", address)
			}
		}
	}
	if w := f.Webhooks; w != nil && w.RetryWait != "" {
		if wait, err := time.ParseDuration(w.RetryWait); err != nil || wait <= 0 {
			fault("$.webhooks.retry_wait", "%q is no positive duration; write it like 20s", w.RetryWait)
		}
	}
	if f.Load == nil || f.Load.BurstNotice == nil {
		return
	}
	notice := f.Load.BurstNotice
	from, err1 := time.Parse(time.RFC3339, notice.From)
	to, err2 := time.Parse(time.RFC3339, notice.To)
	switch {
	case err1 != nil:
		fault("$.load.burst_notice.from", "%q is no time with an offset, such as 2026-01-30T01:00:00+11:00", notice.From)
	case err2 != nil:
		fault("$.load.burst_notice.to", "%q is no time with an offset, such as 2026-01-30T02:00:00+11:00", notice.To)
	case !from.Before(to):
		fault("$.load.burst_notice", "the window ends before it begins")
	}
}

// resolve fetches the secrets.
func (f *File) resolve(path string, getenv func(string) string) error {
	var faults []error
	get := func(what, variable, file string) string {
		if variable != "" {
			value := getenv(variable)
			if value == "" {
				faults = append(faults, &Error{File: path, What: fmt.Sprintf("%s comes from the environment variable %s, which is empty; set it", what, variable)})
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
			faults = append(faults, &Error{File: path, What: fmt.Sprintf("%s comes from a file that can't be read: %v", what, err)})
		}
		return strings.TrimSpace(string(data))
	}
	for name, one := range f.Target.Clients {
		one.secret = get("the secret of the client "+name, one.SecretEnv, one.SecretFile)
		f.Target.Clients[name] = one
	}
	if f.Target.TLS != nil && f.Target.TLS.CAFile != "" && !filepath.IsAbs(f.Target.TLS.CAFile) {
		f.Target.TLS.CAFile = filepath.Join(filepath.Dir(path), f.Target.TLS.CAFile)
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

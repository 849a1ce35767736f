package target

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/contract"
)

const good = `target:
  name: staging
  base_url: https://staging.example.test
  token_url: https://auth.example.test/oauth2/token
  edition: v1
  clients:
    primary: {id: abc, secret_env: PRIMARY, scope: client/read client/write}
    second: {id: def, secret_file: second.secret, scope: client/write}
  paths: {healthcheck: /health}
fixtures:
  programs: {ok: 1b8ecc17-4edd-4b74-ae4f-208aeb78f105, "1+2": 1b8ecc17-4edd-4b74-ae4f-208aeb78f106}
  wallets: {"3": 1b8ecc17-4edd-4b74-ae4f-208aeb78f107}
run: {concurrency: 4}
`

func write(t *testing.T, text string) string {
	t.Helper()
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "second.secret"), []byte("from-a-file\n"), 0o600))
	path := filepath.Join(folder, "target.yaml")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func environment(name string) string {
	return map[string]string{"PRIMARY": "from-the-environment"}[name]
}

func TestATargetFileIsReadWithItsSecrets(t *testing.T) {
	f, err := Read(write(t, good), environment)
	require.NoError(t, err)
	facts, err := contract.Load()
	require.NoError(t, err)
	config := f.ClientConfig(facts)
	require.Equal(t, "from-the-environment", config.Clients["primary"].Secret)
	require.Equal(t, "from-a-file", config.Clients["second"].Secret)
	require.Equal(t, "/health", config.Paths["healthcheck"])
	require.EqualValues(t, 4, f.Run["concurrency"])
}

func TestEachFaultOfAFileNamesItsPlaceAndWhatIsRight(t *testing.T) {
	head := "target:\n  name: x\n  base_url: https://a.test\n  token_url: https://a.test/t\n  clients:\n    primary: {id: a, " +
		"secret_env: PRIMARY, scope: s}\n"
	for name, c := range map[string]struct{ text, line, says string }{
		"a query":                   {strings.Replace(head, "https://a.test\n", "https://a.test/v1?key=1\n", 1), ":3:13", "has a query"},
		"a fragment":                {strings.Replace(head, "https://a.test/t", "https://a.test/t#x", 1), ":4:14", "has a fragment"},
		"user info in public_url":   {head + "webhooks: {public_url: \"https://u:hunter2@hooks.test\"}\n", ":7:24", "holds credentials"},
		"a query in public_url":     {head + "webhooks: {public_url: https://hooks.test/?a=b}\n", ":7:24", "has a query"},
		"an id with a leading zero": {strings.Replace(head, "id: a", "id: 012345", 1), ":6:19", `write it in quotes: "012345"`},
		"an id in hexadecimal":      {strings.Replace(head, "id: a", "id: 0x1F4", 1), ":6:19", "YAML reads 0x1F4 as the number 500"},
		"a name with a last zero":   {strings.Replace(head, "name: x", "name: 1.10", 1), ":2:9", `write it in quotes: "1.10"`},
		"another encoding":          {"\xff\xfet\x00", ":1:1", "save it as UTF-8"},
		"a name that is missing":    {strings.Replace(head, "  name: x\n", "", 1), ":1:1", "name is missing; reports and history go by it"},
		"an id that is missing":     {strings.Replace(head, "id: a, ", "", 1), ":6:5", "target.clients.primary: id is missing"},
		"an id that is empty":       {strings.Replace(head, "id: a", `id: ""`, 1), ":6:5", "id is missing"},
		"a secret that is missing":  {strings.Replace(head, "secret_env: PRIMARY, ", "", 1), ":6:5", "the secret is missing"},
		"no target at all":          {"run: {}\n", ":1:1", "target is missing"},
		"an empty file":             {"", ":1:1", "target is missing"},
		"a list for a mapping":      {head + "fixtures: [a]\n", ":7:11", "this is a list; a mapping of keys belongs here"},
		"a word for a number":       {head + "limits: {requests: many, window: 1s}\n", ":7:20", "this is a text; a whole number belongs here"},
		"a word for a switch":       {head + "load: {allow: perhaps}\n", ":7:15", "true or false belongs here"},
		"a misspelt operation":      {head + "  paths: {healthchek: /h}\n", ":7:11", `did you mean "healthcheck"?`},
		"a key of a key":            {head + "limits: {requests: 5, windw: 1s}\n", ":7:23", `there is no key "windw"; did you mean "window"?`},
		"an unknown key":            {head + "  bas_url: x\n", ":7:3", `did you mean "base_url"`},
		"a second document":         {head + "---\nrun: {}\n", ":8:", "second YAML document"},
		"a key twice":               {head + "  name: y\n", ":7:", ""},
		"an unknown operation":      {head + "  paths: {health: /h}\n", ":7:", `no operation "health"`},
		"a path without slash":      {head + "  paths: {healthcheck: h}\n", ":7:", "must begin with /"},
		"no requests":               {head + "limits: {requests: 0, window: 1s}\n", ":7:", "must be positive"},
		"no window":                 {head + "limits: {requests: 5, window: soon}\n", ":7:", "is no positive duration"},
		"no such limit scope":       {head + "limits: {requests: 5, window: 1s, scope: planet}\n", ":7:", "is no scope"},
		"a backward window": {head + "load: {allow: true, burst_notice: {reference: a, from: 2026-01-30T03:00:00+11:00, to: " +
			"2026-01-30T02:00:00+11:00}}\n", ":7:", "ends before it begins"},
		"a ceiling without a date": {head + "load: {allow: true, ceilings: {rate: 50, reference: a}}\n", ":7:",
			"a permission is given on a day"},
		"a ceiling of no owner": {head + "load: {allow: true, ceilings: {rate: 50, date: 2026-01-30}}\n", ":7:",
			"the owner knows the permission by it"},
		"a ceiling below the floor": {head + "load: {allow: true, ceilings: {rate: -1, reference: a, date: 2026-01-30}}\n", ":7:",
			"a ceiling is above 0"},
		"a time without zone": {head + "load: {allow: true, burst_notice: {reference: a, from: 2026-01-30, to: " +
			"2026-01-30T02:00:00+11:00}}\n", ":7:", "no time with an offset"},
		"a secret as variable": {strings.Replace(head, "PRIMARY", "hunter2-hunter2!", 1), ":6:", "is that the secret itself"},
		"an unknown top key":   {head + "fixture: {}\n", ":7:1", `did you mean "fixtures"`},
		"an inline secret":     {"target:\n  name: x\n  clients:\n    primary: {id: a, secret: hunter2}\n", ":4:22", "secret_env"},
		"another type":         {"target: 7\n", ":1:9", ""},
		"no YAML":              {"target: [\n", ":1", ""},
		"no address": {"target:\n  name: x\n  base_url: nowhere\n  token_url: https://a.test/t\n  clients:\n    primary: " +
			"{id: a, secret_env: PRIMARY, scope: s}\n", ":3:13", "no http or https address"},
		"credentials in an URL": {"target:\n  name: x\n  base_url: https://u:p@a.test\n  token_url: https://a.test/t\n  clients:\n    " +
			"primary: {id: a, secret_env: PRIMARY, scope: s}\n", ":3:13", "holds credentials"},
		"no primary": {"target:\n  name: x\n  base_url: https://a.test\n  token_url: https://a.test/t\n  clients: {}\n", "",
			"clients.primary is missing"},
		"an unknown client": {head + "    third: {id: a, secret_env: PRIMARY, scope: s}\n", ":7", `no client "third"`},
		"two secrets": {"target:\n  name: x\n  base_url: https://a.test\n  token_url: https://a.test/t\n  clients:\n    " +
			"primary: {id: a, secret_env: A, secret_file: b, scope: s}\n", ":6", "keep one"},
		"an unknown edition": {head + "  edition: v9\n", ":7:12", "v1 or guide"},
		"a bad fixture key": {head + "fixtures:\n  wallets: {dormant: 1b8ecc17-4edd-4b74-ae4f-208aeb78f105}\n", ":8",
			"numbers of checks"},
		"a bad fixture id": {head + "fixtures:\n  programs: {ok: nonsense}\n", ":8", "no UUID"},
		"an empty variable": {"target:\n  name: x\n  base_url: https://a.test\n  token_url: https://a.test/t\n  clients:\n    " +
			"primary: {id: a, secret_env: NOT_SET, scope: s}\n", "", "NOT_SET, which is empty"},
		"a file that is absent": {"target:\n  name: x\n  base_url: https://a.test\n  token_url: https://a.test/t\n  clients:\n    " +
			"primary: {id: a, secret_file: absent, scope: s}\n", "", "can't be read"},
	} {
		t.Run(name, func(t *testing.T) {
			path := write(t, c.text)
			_, err := Read(path, environment)
			var fault *Error
			require.ErrorAs(t, err, &fault)
			require.Contains(t, err.Error(), path+c.line)
			require.Contains(t, err.Error(), c.says)
			require.NotContains(t, err.Error(), "hunter2")
		})
	}
	_, err := Read(filepath.Join(t.TempDir(), "absent.yaml"), environment)
	require.ErrorContains(t, err, "--print-target")
}

func TestAllFaultsOfAFileAreToldAtOnceEachWithItsLine(t *testing.T) {
	path := write(t, "target:\n  nam: x\n  base_url: nowhere\n  token_url: https://a.test/t\n  edition: v9\n  clients:\n    primary: "+
		"{scope: s}\n    third: {id: 007}\nfixture: {}\n")
	_, err := Read(path, environment)
	for _, says := range []string{`:2:3: target: there is no key "nam"; did you mean "name"?`, ":1:1: target: name is missing",
		":3:13: target.base_url:",
		":5:12: target.edition:", ":7:5: target.clients.primary: id is " +
			"missing", `:8:5: target.clients: there is no client "third"`, `:9:1: there is no key "fixture"`} {
		require.ErrorContains(t, err, path+says)
	}
	require.Len(t, strings.Split(err.Error(), "\n"), 7)
}

func TestAByteOrderMarkAndAnchorsAreTaken(t *testing.T) {
	f, err := Read(write(t, "\xef\xbb\xbf"+good), environment)
	require.NoError(t, err)
	require.Equal(t, "staging", f.Target.Name)
	text := strings.Replace(good, "name: staging", "name: &n staging", 1)
	text = strings.Replace(text, "{id: abc,", "{id: *n,", 1)
	f, err = Read(write(t, text), environment)
	require.NoError(t, err)
	require.Equal(t, "staging", f.Target.Clients["primary"].ID)
	f, err = Read(write(t, strings.Replace(good, "id: abc", `id: "0123"`, 1)), environment)
	require.NoError(t, err)
	require.Equal(t, "0123", f.Target.Clients["primary"].ID)
	f, err = Read(write(t, strings.Replace(good, "id: abc", "id: 123", 1)), environment)
	require.NoError(t, err)
	require.Equal(t, "123", f.Target.Clients["primary"].ID)
}

func TestWhatIsPrintedIsRead(t *testing.T) {
	f, err := Read(write(t, good), environment)
	require.NoError(t, err)
	var text bytes.Buffer
	require.NoError(t, Write(&text, f, map[string]string{"primary": "worthless"}, ""))
	require.Contains(t, text.String(), "export PRIMARY=worthless")
	again, err := Read(write(t, text.String()), environment)
	require.NoError(t, err)
	require.Equal(t, f, again)
	text.Reset()
	require.NoError(t, Write(&text, f, nil, ""))
	require.NotContains(t, text.String(), "Export these", "where there is nothing to export")
	require.Contains(t, text.String(), "have to be set:\n#   PRIMARY\n")
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(good))
	f.Add([]byte("target: {clients: {primary: null}}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		parsed, err := Parse("x.yaml", data)
		if err == nil && parsed.Target.BaseURL == "" {
			t.Fatal("a file without an address was taken")
		}
	})
}

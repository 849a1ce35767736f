// Package target reads the target file: where an API is, who calls it, and what its owner hands over
// because the public API can't make it.
//
// What walks in is YAML, the environment and the files that it names; what walks out is a [File], or an
// error that names file, line and key, and the nearest right key. Secrets come from the environment or
// from files, never from the target file itself.
package target

import (
	"time"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/schemas"
)

// File is a target file. The comments of the fields are what docs/target-file.md explains.
type File struct {
	Target   Target         `yaml:"target" need:"it says where the API is" doc:"where the API is, and who calls it"`
	Fixtures Fixtures       `yaml:"fixtures,omitempty" doc:"ids of things that only the owner of the target can make"`
	Limits   *Limits        `yaml:"limits,omitempty" doc:"the rate limit that the operator states; without it a limit is only reported"`
	Webhooks *Webhooks      `yaml:"webhooks,omitempty" doc:"where deliveries are taken, and under which address the API reaches that place"`
	Load     *Load          `yaml:"load,omitempty" doc:"leave for load on a target that is not loopback"`
	Mutate   *Mutate        `yaml:"mutate,omitempty" doc:"leave for a proxy that breaks answers of a target that is not loopback"`
	Run      map[string]any `yaml:"run,omitempty" doc:"settings of kobcheck run by the names of its flags"`
}

// Target says where the API is and who calls it.
type Target struct {
	Name     string            `yaml:"name" need:"reports and history go by it" doc:"what reports and history call the target"`
	BaseURL  string            `yaml:"base_url" need:"it is what stands before every path" form:"address" doc:"what stands before every path; no query, no credentials"`
	TokenURL string            `yaml:"token_url" need:"it is where tokens come from" form:"endpoint" doc:"the token endpoint, whole"`
	Edition  contract.Edition  `yaml:"edition,omitempty" form:"edition" doc:"which of the two documented layouts of paths"`
	Clients  map[string]Client `yaml:"clients" need:"every run needs clients.primary" keys:"client" doc:"the OAuth clients"`
	TLS      *TLS              `yaml:"tls,omitempty"`
	Paths    map[string]string `yaml:"paths,omitempty" keys:"operation" form:"path" doc:"paths that no page gives, by operation id; {id} stands for a thing of the section, {wallet_id} for one of that kind"`
}

// Client is one OAuth client. Its secret is in the variable or file named, never here.
type Client struct {
	ID         string `yaml:"id" need:"it is what the client is known by" doc:"OAuth client id"`
	SecretEnv  string `yaml:"secret_env,omitempty" form:"variable" doc:"environment variable that holds the secret"`
	SecretFile string `yaml:"secret_file,omitempty" doc:"file that holds the secret, relative to this one"`
	Scope      string `yaml:"scope" doc:"scopes to ask for, parted by spaces"`

	secret string
}

// TLS names certificate authorities to trust beside those of the system, and what this client shows a server that
// demands a certificate.
type TLS struct {
	CAFile   string `yaml:"ca_file,omitempty" doc:"PEM file of certificate authorities to trust beside those of the system"`
	CertFile string `yaml:"cert_file,omitempty" doc:"PEM file of the certificate that this client shows (mutual TLS)"`
	KeyFile  string `yaml:"key_file,omitempty" doc:"PEM file of its private key"`
}

// Fixtures are ids of things that the public API can't make.
type Fixtures struct {
	Programs     map[string]string         `yaml:"programs,omitempty" keys:"checks" form:"uuid" doc:"card programs by the checks of card creation that they fail"`
	Wallets      map[string]string         `yaml:"wallets,omitempty" keys:"checks" form:"uuid" doc:"wallets by the checks that a card on them would fail"`
	SecondClient map[string]string         `yaml:"second_client,omitempty" form:"uuid" doc:"an object of each kind that belongs to the second client"`
	Client       string                    `yaml:"client,omitempty" doc:"id of a client whose status may be changed without harm"`
	ExpiredEnv   string                    `yaml:"expired_token_env,omitempty" form:"variable" doc:"environment variable with a token that has run out"`
	ExpiredFile  string                    `yaml:"expired_token_file,omitempty" doc:"file with a token that has run out"`
	Bodies       map[string]map[string]any `yaml:"bodies,omitempty" keys:"operation" doc:"JSON bodies by operation id, for operations whose body no page gives"`

	expired string
}

// Limits is the rate limit that the operator states; without it a limit is only reported.
type Limits struct {
	Requests int    `yaml:"requests" need:"a limit is so many requests" doc:"how many requests are allowed in a window"`
	Window   string `yaml:"window" need:"a limit is of a time, such as 1s" form:"span" doc:"its length"`
	Scope    string `yaml:"scope,omitempty" form:"limit scope" doc:"what is counted by"`
}

// Webhooks says where the harness listens for deliveries, and under which address the API reaches it.
type Webhooks struct {
	Listen    string `yaml:"listen,omitempty" doc:"host and port on which deliveries are taken"`
	PublicURL string `yaml:"public_url,omitempty" form:"address" doc:"the address under which the API reaches it"`
	// RetryWait is how long the API waits between two tries of a delivery, such as 20s.
	RetryWait string `yaml:"retry_wait,omitempty" form:"span" doc:"how long the API waits between two tries of a delivery"`
	// Sender is the address that deliveries name as theirs where that is not base_url: that of an API behind a proxy.
	Sender string `yaml:"sender,omitempty" form:"address" doc:"the address that deliveries name as theirs where that is not base_url"`
}

// Load allows load on a target that is not loopback.
type Load struct {
	Allow       bool         `yaml:"allow" doc:"the owner of the target allows it"`
	BurstNotice *BurstNotice `yaml:"burst_notice,omitempty" doc:"the announcement of a planned burst"`
	Ceilings    *Ceilings    `yaml:"ceilings,omitempty" doc:"what the owner of the target allows beyond the usual bounds"`
}

// Ceilings are what the owner of a target that is not on this machine allows beyond the usual bounds; 0 leaves one as
// it is.
type Ceilings struct {
	Rate      float64 `yaml:"rate,omitempty" doc:"requests a second"`
	Requests  int     `yaml:"requests,omitempty" doc:"requests of one plan"`
	Entities  int     `yaml:"entities,omitempty" doc:"things that a plan or a run makes there"`
	Time      string  `yaml:"time,omitempty" form:"span" doc:"length of one plan"`
	Reference string  `yaml:"reference" need:"the owner knows the permission by it" doc:"the owner's reference"`
	Date      string  `yaml:"date" need:"a permission is given on a day" form:"date" doc:"day on which the owner allowed it"`
}

// Mutate allows a proxy that breaks answers before a target that is not loopback.
type Mutate struct {
	Allow bool `yaml:"allow" doc:"the owner of the target allows it"`
}

// BurstNotice is the announcement that the documentation asks for before a planned burst (RATE-09).
type BurstNotice struct {
	Reference string `yaml:"reference" need:"the operator knows the announcement by it" doc:"the operator's reference"`
	From      string `yaml:"from" need:"a window begins" form:"moment" doc:"beginning of the announced window"`
	To        string `yaml:"to" need:"a window ends" form:"moment" doc:"end of the announced window"`
}

// Covers reports whether the window of the notice holds all of a time from a moment on.
func (n *BurstNotice) Covers(moment time.Time, length time.Duration) bool {
	from, to, readable := n.window()
	return readable && !moment.Before(from) && !moment.Add(length).After(to)
}

func (n *BurstNotice) window() (from, to time.Time, readable bool) {
	from, ok := schemas.Instant(n.From)
	to, too := schemas.Instant(n.To)
	return from, to, ok && too
}

// Secret returns the secret of a client as it was resolved.
func (c Client) Secret() string { return c.secret }

// ExpiredToken returns the expired token as it was resolved, or "".
func (f *Fixtures) ExpiredToken() string { return f.expired }

// Given returns what the owner hands over, for [scene.New].
func (f *File) Given() scene.Given {
	return scene.Given{Programs: f.Fixtures.Programs, Wallets: f.Fixtures.Wallets,
		SecondClient: f.Fixtures.SecondClient,
		Client:       f.Fixtures.Client, Bodies: f.Fixtures.Bodies}
}

// ClientConfig returns what [client.New] needs of the file; run id, seed and version are the caller's.
func (f *File) ClientConfig(facts *contract.Contract) client.Config {
	config := client.Config{Contract: facts, BaseURL: f.Target.BaseURL, TokenURL: f.Target.TokenURL,
		Edition: f.Target.Edition,
		Paths:   f.Target.Paths, Clients: map[string]client.Credentials{}}
	for name, one := range f.Target.Clients {
		config.Clients[name] = client.Credentials{ID: one.ID, Secret: one.secret, Scope: one.Scope}
	}
	if f.Target.TLS != nil {
		config.CAFile, config.CertFile, config.KeyFile = f.Target.TLS.CAFile, f.Target.TLS.CertFile, f.Target.TLS.KeyFile
	}
	return config
}

// Like returns the file with only those clients, paths and fixtures that another file has too.
func (f File) Like(other *File) *File {
	f.Target.Clients = common(f.Target.Clients, other.Target.Clients)
	f.Target.Paths = common(f.Target.Paths, other.Target.Paths)
	f.Fixtures.Programs = common(f.Fixtures.Programs, other.Fixtures.Programs)
	f.Fixtures.Wallets = common(f.Fixtures.Wallets, other.Fixtures.Wallets)
	f.Fixtures.SecondClient = common(f.Fixtures.SecondClient, other.Fixtures.SecondClient)
	if other.Fixtures.expired == "" {
		f.Fixtures.expired = ""
	}
	return &f
}

// common returns the entries whose key another map has.
func common[V, W any](from map[string]V, other map[string]W) map[string]V {
	out := map[string]V{}
	for key, value := range from {
		if _, there := other[key]; there {
			out[key] = value
		}
	}
	return out
}

// Package target reads the target file: where an API is, who calls it, and what its owner hands over
// because the public API can't make it.
//
// What walks in is YAML, the environment and the files that it names; what walks out is a [File], or an
// error that names file, line and key, and the nearest right key. Secrets come from the environment or
// from files, never from the target file itself.
package target

import (
	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
)

// File is a target file. The comments of the fields are what docs/target-file.md explains.
type File struct {
	Target   Target         `yaml:"target"`
	Fixtures Fixtures       `yaml:"fixtures,omitempty"`
	Limits   *Limits        `yaml:"limits,omitempty"`
	Webhooks *Webhooks      `yaml:"webhooks,omitempty"`
	Load     *Load          `yaml:"load,omitempty"`
	Mutate   *Mutate        `yaml:"mutate,omitempty"`
	Run      map[string]any `yaml:"run,omitempty"`
}

// Target says where the API is and who calls it.
type Target struct {
	Name     string            `yaml:"name"`
	BaseURL  string            `yaml:"base_url"`
	TokenURL string            `yaml:"token_url"`
	Edition  contract.Edition  `yaml:"edition,omitempty"`
	Clients  map[string]Client `yaml:"clients"`
	TLS      *TLS              `yaml:"tls,omitempty"`
	Paths    map[string]string `yaml:"paths,omitempty"`
}

// Client is one OAuth client. Its secret is in the variable or file named, never here.
type Client struct {
	ID         string `yaml:"id"`
	SecretEnv  string `yaml:"secret_env,omitempty"`
	SecretFile string `yaml:"secret_file,omitempty"`
	Scope      string `yaml:"scope"`

	secret string
}

// TLS names certificate authorities to trust beside those of the system.
type TLS struct {
	CAFile string `yaml:"ca_file"`
}

// Fixtures are ids of things that the public API can't make.
type Fixtures struct {
	Programs     map[string]string         `yaml:"programs,omitempty"`
	Wallets      map[string]string         `yaml:"wallets,omitempty"`
	SecondClient map[string]string         `yaml:"second_client,omitempty"`
	Client       string                    `yaml:"client,omitempty"`
	ExpiredEnv   string                    `yaml:"expired_token_env,omitempty"`
	ExpiredFile  string                    `yaml:"expired_token_file,omitempty"`
	Bodies       map[string]map[string]any `yaml:"bodies,omitempty"`

	expired string
}

// Limits is the rate limit that the operator states; without it a limit is only reported.
type Limits struct {
	Requests int    `yaml:"requests"`
	Window   string `yaml:"window"`
	Scope    string `yaml:"scope,omitempty"`
}

// Webhooks says where the harness listens for deliveries, and under which address the API reaches it.
type Webhooks struct {
	Listen    string `yaml:"listen,omitempty"`
	PublicURL string `yaml:"public_url,omitempty"`
	// RetryWait is how long the API waits between two tries of a delivery, such as 20s.
	RetryWait string `yaml:"retry_wait,omitempty"`
	// Sender is the address that deliveries name as theirs where that is not base_url: that of an API behind a proxy.
	Sender string `yaml:"sender,omitempty"`
}

// Load allows load on a target that is not loopback.
type Load struct {
	Allow       bool         `yaml:"allow"`
	BurstNotice *BurstNotice `yaml:"burst_notice,omitempty"`
}

// Mutate allows a proxy that breaks answers before a target that is not loopback.
type Mutate struct {
	Allow bool `yaml:"allow"`
}

// BurstNotice is the announcement that the documentation asks for before a planned burst (RATE-09).
type BurstNotice struct {
	Reference string `yaml:"reference"`
	From      string `yaml:"from"`
	To        string `yaml:"to"`
}

// Secret returns the secret of a client as it was resolved.
func (c Client) Secret() string { return c.secret }

// ExpiredToken returns the expired token as it was resolved, or "".
func (f *Fixtures) ExpiredToken() string { return f.expired }

// Given returns what the owner hands over, for [scene.New].
func (f *File) Given() scene.Given {
	return scene.Given{Programs: f.Fixtures.Programs, Wallets: f.Fixtures.Wallets, SecondClient: f.Fixtures.SecondClient,
		Client: f.Fixtures.Client, Bodies: f.Fixtures.Bodies}
}

// ClientConfig returns what [client.New] needs of the file; run id, seed and version are the caller's.
func (f *File) ClientConfig(facts *contract.Contract) client.Config {
	config := client.Config{Contract: facts, BaseURL: f.Target.BaseURL, TokenURL: f.Target.TokenURL, Edition: f.Target.Edition,
		Paths: f.Target.Paths, Clients: map[string]client.Credentials{}}
	for name, one := range f.Target.Clients {
		config.Clients[name] = client.Credentials{ID: one.ID, Secret: one.secret, Scope: one.Scope}
	}
	if f.Target.TLS != nil {
		config.CAFile = f.Target.TLS.CAFile
	}
	return config
}

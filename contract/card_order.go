package contract

// CardOrder is the documented order of the eight checks of card creation (doc-1946732) together with
// what can be observed of it from outside.
type CardOrder struct {
	Checks []CardCheck `yaml:"checks" json:"checks"`
	// Pairs lists every pair of two checks, and whether one request can fail both at once.
	Pairs []CardPair `yaml:"pairs" json:"pairs"`
}

// CardCheck is one of the eight checks. Situations are the states, in the words of the features,
// that make a request fail this check; each is the name of a fixture.
type CardCheck struct {
	Number      int    `yaml:"number" json:"number"`
	Check       string `yaml:"check" json:"check"`
	Message     string `yaml:"message" json:"message"`
	Class       string `yaml:"class" json:"class"` // User or Runtime
	Requirement string `yaml:"requirement" json:"requirement"`
}

// CardPair says of two checks whether a request that fails both can be built through the API, and if not why;
// then the target file may give what it takes. Needed pairs form the smallest set that proves the order.
type CardPair struct {
	First    int    `yaml:"first" json:"first"`
	Second   int    `yaml:"second" json:"second"`
	Possible bool   `yaml:"possible" json:"possible"`
	Needed   bool   `yaml:"needed" json:"needed"`
	Why      string `yaml:"why,omitempty" json:"why,omitempty"`
	// Program and Wallet name the fixtures that fail exactly these two checks together.
	Program string `yaml:"program,omitempty" json:"program,omitempty"`
	Wallet  string `yaml:"wallet,omitempty" json:"wallet,omitempty"`
}

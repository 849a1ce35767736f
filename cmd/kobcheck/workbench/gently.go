package workbench

import (
	"cmp"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/target"
)

// What a target that is not on this machine gets where nobody says otherwise: so many requests a second, and so many
// that made something. A whole run has about 1,100 of the latter, replays included.
const (
	gentleRate = 10
	gentleMade = 2_000
)

// Gently bounds the calls to a target that is not on this machine, by the pace that the caller asked for, else a modest
// one, and by how much is made there, and says so.
func (b *Bench) Gently(file *target.File, call client.Config) client.Config {
	if file.LocalHost() != "" {
		return call
	}
	call.MaxRPS = cmp.Or(call.MaxRPS, gentleRate)
	if call.MostMade = gentleMade; file.Load != nil && file.Load.Ceilings != nil && file.Load.Ceilings.Entities > 0 {
		call.MostMade = file.Load.Ceilings.Entities
	}
	b.Say("%s is not this machine: at most %.4g requests a second (--max-rps), and %d that made things (load.ceilings.entities)",
		file.Target.Name, call.MaxRPS, call.MostMade)
	return call
}

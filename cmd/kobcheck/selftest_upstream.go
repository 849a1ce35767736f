package main

import (
	"context"
	"errors"
	"math/rand/v2"

	"github.com/spf13/pflag"

	"github.com/kobcheck/kobcheck/client/target"
	"github.com/kobcheck/kobcheck/cmd/kobcheck/workbench"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/mock/mutate"
	"github.com/kobcheck/kobcheck/steps/selftest"
)

// mutationFlags are the flags of selftest for an API that is broken by a proxy.
type mutationFlags struct {
	upstream, target string
	mutations        []string
	sample           int
	maxRPS           float64
}

func (f *mutationFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&f.upstream, "upstream", "", "measure on this API, broken by a proxy as the contract has it, in "+
		"place of the mock and its faults")
	flags.StringVar(&f.target, "target", "", "target file of the API of --upstream; one that is not on this machine "+
		"must set mutate.allow there")
	flags.StringSliceVar(&f.mutations, "mutation", nil, "with --upstream: mutations to try; all without it")
	flags.IntVar(&f.sample, "sample", 0, "with --upstream: try so many of the mutations, picked by the seed; 0 "+
		"tries all")
	flags.Float64Var(&f.maxRPS, "max-rps", 0, "with --upstream: most requests per second; 0 for no bound")
}

// prepareUpstream takes the API of the flags and the mutations that they select, and puts a proxy with one of them
// before the API for each run.
func prepareUpstream(b *workbench.Bench, f *selftestFlags) error {
	if f.through.target == "" {
		return errors.New("selftest --upstream needs the target file of that API: name it with --target")
	}
	file, err := target.Read(f.through.target, b.Getenv)
	if err != nil {
		return err
	}
	behind, err := mutateConfig(f.through.upstream, file, file.Target.Edition)
	if err != nil {
		return err
	}
	behind.Mutations = f.through.mutations
	if _, err := mutate.New(behind); err != nil { // ids that there are not are told before anything is performed
		return err
	}
	behind.Transport = mutate.NewTransport()
	f.how.Faults = generated(b.Mutations(f.through.mutations, f.group), f.requirement, f.every)
	if n := f.through.sample; n > 0 && n < len(f.how.Faults) {
		pick := rand.New(rand.NewPCG(uint64(f.how.Seed), 0))
		pick.Shuffle(len(f.how.Faults), func(i, j int) {
			f.how.Faults[i], f.how.Faults[j] = f.how.Faults[j],
				f.how.Faults[i]
		})
		f.how.Faults = f.how.Faults[:n]
	}
	if f.how.MaxRPS = f.through.maxRPS; f.how.MaxRPS > 0 {
		f.how.Parallel = 1
	}
	f.how.Upstream, f.how.MustConform, f.how.RunID = file.Target.Name, true, b.RunID()
	f.how.Styles, f.how.Editions = []string{""}, []contract.Edition{file.Target.Edition}
	f.how.Start = startThrough(file, behind)
	return nil
}

// generated are mutations as faults, of a requirement where one is given, and of them every n-th.
func generated(catalogue []mutate.Mutation, requirement string, every int) (faults []selftest.Fault) {
	for i, m := range catalogue {
		if requirement != "" && m.Requirement != requirement || every > 1 && i%every != 0 {
			continue
		}
		faults = append(faults, selftest.Fault{ID: m.ID, Group: m.Group, Sentence: m.Sentence,
			Requirement: m.Requirement, Mark: m.Mark,
			Hazard: m.Hazard, Oracle: m.Oracle, Operation: m.Operation, Generated: true})
	}
	return faults
}

// startThrough returns what starts a subject: a proxy with mutations before the API of a target file.
func startThrough(file *target.File, behind mutate.Config) func(context.Context, string, contract.Edition,
	...string) (*selftest.Subject, error) {
	return func(ctx context.Context, _ string, _ contract.Edition, ids ...string) (*selftest.Subject, error) {
		config := behind
		config.Mutations = ids
		serving, err := startProxy(context.WithoutCancel(ctx), config, "127.0.0.1:0") // what a run tidies up has time of its own
		if err != nil {
			return nil, err
		}
		hits := func() (total int64) {
			for _, id := range ids {
				total += serving.proxy.Hits(id)
			}
			return total
		}
		return &selftest.Subject{File: serving.stands(*file), Hits: hits, Close: serving.Close}, nil
	}
}

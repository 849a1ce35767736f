package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/leftover"
	"github.com/kobcheck/kobcheck/cmd/kobcheck/workbench"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/bucket"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/format"
	"github.com/kobcheck/kobcheck/reports/nights"
	"github.com/kobcheck/kobcheck/reports/wording"
	"github.com/kobcheck/kobcheck/steps"
	"github.com/kobcheck/kobcheck/steps/catalog"
	"github.com/kobcheck/kobcheck/steps/doctor"
	"github.com/kobcheck/kobcheck/steps/suite"
)

// runFlags are the flags of run.
type runFlags struct {
	where          workbench.Where
	judging        workbench.Judging
	files          workbench.Files
	own            workbench.Own
	selection      catalog.Selection
	how            suite.Config
	shard, history string
	keep           string
	rest           string
	depth          int
	unexpectedPass string
}

func newRun() *cobra.Command {
	var f runFlags
	command := &cobra.Command{
		Use:   "run",
		Short: "The conformance run: against the mock inside, or the target that --config names",
		Example: `  kobcheck run
  kobcheck run --config staging.yaml --tags "@stated and not @card-order" --out reports/nightly
  kobcheck run --section cards --seed 7
  kobcheck run --quick
  kobcheck run --requirement CARD-CREATE-15
  kobcheck run --features acme --requirements acme/requirements.yaml`,
		Args: workbench.Takes(0, 0),
		RunE: workbench.Verb(func(ctx context.Context, b *workbench.Bench,
			_ []string) error {
			return run(ctx, b, &f)
		}),
	}
	flags := command.Flags()
	f.where.Flags(flags, "the run is against the mock inside")
	f.files.Flags(flags)
	f.own.Flags(flags)
	flags.StringVar(&f.selection.Tags, "tags", "", "tag expression, such as \"@stated and not @inferred\"")
	flags.StringVar(&f.selection.Operation, "operation", "", "one operation, by its id or title, such as token")
	flags.StringVar(&f.selection.Section, "section", "", "one section, such as cards")
	flags.StringVar(&f.selection.Requirement, "requirement", "", "one requirement, such as CARD-CREATE-15")
	flags.StringSliceVar(&f.selection.IDs, "scenario", nil, "scenario ids; an outline's id means all of its rows")
	flags.BoolVar(&f.selection.Quick, "quick", false, "a gate before each release: some 110 calls chosen by the contract, and "+
		"what they need; the report says what it leaves out")
	flags.BoolVar(&f.selection.Load, "load", false, "the scenarios of features/load too, after the others; they are not testable "+
		"where the target file does not allow load")
	flags.IntVar(&f.how.Concurrency, "concurrency", suite.DefaultConcurrency, "scenarios side by side")
	flags.Int64Var(&f.how.Seed, "seed", 0, "seed of order and data; 0 picks one and prints it")
	flags.StringVar(&f.how.RunID, "run-id", "", "name of the run, in every request; idempotency keys follow from it "+
		"and the seed")
	flags.DurationVar(&f.how.Timeout, "timeout", suite.DefaultTimeout, "time for one scenario")
	flags.Float64Var(&f.how.MaxRPS, "max-rps", 0, "most requests per second; 0 for no bound on this machine, 10 elsewhere")
	flags.StringVar(&f.shard, "shard", "", "part of the run, such as 2/5; kobcheck report merge puts the parts together")
	flags.IntVar(&f.how.Retries, "retries", 0, "more attempts, with fresh data, for scenarios that failed")
	flags.IntVar(&f.depth, "depth", steps.DefaultDepth, "cases of each general check; from 40 on every refusal is looked into")
	flags.BoolVar(&f.how.FlakyFails, "flaky-fails", false, "scenarios that failed and then passed fail the run")
	flags.StringVar(&f.unexpectedPass, "unexpected-pass", "warn", "known failures that are mended: warn asks for the entry's "+
		"removal and fails after its last day, fail fails at once")
	f.judging.Flags(flags)
	flags.StringVar(&f.judging.Profile, "profile", "", "profile.json of the target: answers to open questions; "+
		"read, compared and written")
	flags.BoolVar(&f.judging.Strict, "strict", false, "undocumented fields fail")
	flags.StringVar(&f.rest, "continue", "", "run.json of a run that was stopped: performs what it did not come to, "+
		"with its seed")
	flags.StringVar(&f.history, "history", "", "folder of earlier nights, or a place in a bucket: the reports say since when each failure "+
		"is there, what is new and what vanished")
	flags.StringVar(&f.keep, "keep", keepLatest, "what stays of the folder of --history, such as nights=400,reports=14,green=1, or all; "+
		"of earlier nights the reports go, or everything; of nights that passed the pages, and run.json is compressed")
	flags.DurationVar(&f.how.Patience, "patience", 5*time.Second, "how long a target that is down is waited for")
	return command
}

func run(ctx context.Context, b *workbench.Bench, f *runFlags) error {
	if err := f.goOn(); err != nil {
		return err
	}
	keep, err := f.kept()
	if err != nil {
		return err
	}
	if err := f.takeOwn(b); err != nil {
		return err
	}
	f.how.Seed = b.Seed(f.how.Seed)
	subject, err := b.Subject(ctx, &f.where, f.how.Seed)
	if err != nil {
		return err
	}
	defer subject.Close()
	if err := errors.Join(f.files.Ready(), workbench.CanWrite("profile", f.judging.Profile)); err != nil {
		return err
	}
	if f.how.Shard, err = suite.ParseShard(f.shard); err != nil {
		return err
	}
	by, err := b.Judgement(&f.judging)
	if err != nil {
		return err
	}
	f.how.RunID = cmp.Or(f.how.RunID, b.RunID())
	made, err := b.Journal(subject, &f.where, &f.files.Output, f.how.RunID, f.files.Writer(nil).Clear)
	if err != nil {
		return err
	}
	whole := false
	defer func() { made.Done(whole) }()
	api, err := f.client(b, subject, made)
	if err != nil {
		return err
	}
	defer api.Close()
	if !subject.Embedded && f.selection.Everything() { // a part is soon performed again
		lookFirst(ctx, b, subject, api)
	}
	session, err := f.session(ctx, b, subject, by, api)
	if err != nil {
		return err
	}
	defer session.Receiver.Close()
	result, err := performScenarios(ctx, b, f, subject, session)
	if err != nil {
		return nothingSelected(b, err)
	}
	whole = result.Signal == ""
	session.Receiver.Close() // reports take files, of which connections hold some
	api.Close()
	subject.Close()
	done := conclude(ctx, b, f, by, result, api.Redactor())
	if f.history != "" && !bucket.Is(f.history) {
		prune(b, f.history, result.Target.Name, keep)
	}
	return done
}

// client calls the target, as gently as it wants to be called; what is made and put away there goes into the journal.
func (f *runFlags) client(b *workbench.Bench, subject *workbench.Subject, made *workbench.Made) (*client.Client, error) {
	if made != nil {
		f.how.Away = made.Away
	}
	call := b.Gently(subject.File, client.Config{RunID: f.how.RunID, Seed: f.how.Seed, MaxRPS: f.how.MaxRPS,
		Connections: 4 * f.how.Concurrency})
	f.how.MaxRPS = call.MaxRPS
	return b.Client(subject.File, call)
}

// session is what scenarios share; its receiver is the caller's to close.
func (f *runFlags) session(ctx context.Context, b *workbench.Bench, subject *workbench.Subject, by *workbench.Judgement,
	api *client.Client,
) (*steps.Session, error) {
	session := steps.NewSession(by.Policy, b.Shapes, subject.File, api)
	session.Depth, session.Seed = f.depth, f.how.Seed
	if f.selection.WantsLoad() {
		session.Load = b.Loader(subject.File, f.how.RunID, f.how.Seed)
	}
	var err error
	session.Receiver, err = workbench.Receiver(ctx, subject.File)
	return session, err
}

// nothingSelected gives its own exit code to a run that had nothing to perform; any other error stays.
func nothingSelected(b *workbench.Bench, err error) error {
	var empty *suite.EmptyError
	if !errors.As(err, &empty) {
		return err
	}
	b.Say("%v", err)
	return workbench.ExitWith(evidence.ExitNothing)
}

// takeOwn adds the user's own scenarios and requirements, which have to hold together with ours, and refuses a selection that
// names something unknown.
func (f *runFlags) takeOwn(b *workbench.Bench) error {
	if f.unexpectedPass != "warn" && f.unexpectedPass != reports.UnexpectedPassFails {
		return fmt.Errorf("--unexpected-pass: %q is neither warn nor fail", f.unexpectedPass)
	}
	if err := b.Add(f.own); err != nil {
		return err
	}
	if f.own.Features != "" {
		if err := b.Sound(); err != nil {
			return fmt.Errorf("--features: %w", err)
		}
	}
	_, err := b.Scenarios.Select(f.selection, b.Facts) // before a target is asked, or an earlier report taken away
	return err
}

// keepLatest is what stays of a history where nobody says otherwise: of nights that passed the pages of the latest alone,
// since each takes ten times what its history needs.
const keepLatest = "green=1"

// kept is what of a history is to be kept.
func (f *runFlags) kept() (nights.Keep, error) {
	keep, err := nights.ParseKeep(f.keep)
	if err == nil && f.keep != keepLatest && f.history == "" {
		err = errors.New("--keep prunes the folder of --history; name one")
	}
	if err == nil && f.keep != keepLatest && bucket.Is(f.history) {
		err = errors.New("--keep prunes a folder; how long a bucket keeps its objects is said by its own lifecycle rules")
	}
	return keep, err
}

// prune takes old nights away. The run is over by now and keeps its exit code.
func prune(b *workbench.Bench, history, target string, keep nights.Keep) {
	keep.Also = leftover.Spent
	said, err := nights.Prune(history, target, keep)
	if err != nil {
		b.Say("pruning the history: %v", err)
	}
	if said != "" {
		b.Say("%s", said)
	}
}

// lookAtMost bounds the look at a target before the run: one that is slow is no reason to wait twice.
const lookAtMost = 10 * time.Second

// lookFirst looks at a target before the run: a clock that is off is told, and fixtures that are gone are not counted
// on.
func lookFirst(ctx context.Context, b *workbench.Bench, subject *workbench.Subject, api *client.Client) {
	ctx, cancel := context.WithTimeout(ctx, lookAtMost)
	defer cancel()
	before := &doctor.Doctor{Contract: b.Facts, File: subject.File, Client: api, Now: b.Now}
	off, err := before.ClockOff(ctx)
	if err != nil {
		return // the run itself tells of a target that is away
	}
	if off != 0 {
		b.Say("the target's clock is off by %v from ours; set the clocks", off)
	}
	if lost := before.Lost(ctx); len(lost) > 0 {
		b.Say("the target has lost %s of the target file, and what needs it is not testable: %s",
			wording.Count(len(lost), "fixture"), strings.Join(lost, ", "))
	}
}

// goOn takes from a run that was stopped its seed, and the scenarios that it did not come to.
func (f *runFlags) goOn() error {
	if f.rest == "" {
		return nil
	}
	earlier, err := workbench.OpenRun(f.rest)
	if err != nil {
		return err
	}
	if filepath.Clean(f.rest) == filepath.Join(f.files.Folder, "run.json") {
		return fmt.Errorf("--continue: the reports would be written over %s; choose another folder with --out", f.rest)
	}
	for _, one := range earlier.Scenarios {
		if one.Verdict == evidence.NotRun {
			f.selection.IDs = append(f.selection.IDs, one.ID)
		}
	}
	if len(f.selection.IDs) == 0 {
		return fmt.Errorf("--continue: %s left nothing over", f.rest)
	}
	f.how.Seed = cmp.Or(f.how.Seed, earlier.Seed)
	return nil
}

// performScenarios performs the scenarios until a signal.
func performScenarios(ctx context.Context, b *workbench.Bench, f *runFlags, subject *workbench.Subject,
	session *steps.Session) (*reports.Run, error) {
	ctx, stopped, release := workbench.UntilSignal(ctx)
	defer release()
	fmt.Fprintf(b.Err, "kobcheck %s against %s, edition %s, seed %d, run %s\n", b.Tool.Version,
		subject.File.Target.Name, subject.File.Target.Edition, f.how.Seed, f.how.RunID)
	f.how.Session, f.how.Catalog, f.how.Selection, f.how.Progress = session, b.Scenarios, f.selection, b.ScenarioProgress()
	f.how.Tool, f.how.Target, f.how.Tidy = b.Tool, subject.Report(), !subject.Embedded
	result, err := suite.Run(ctx, f.how)
	if err == nil {
		result.Signal = stopped.Name()
	}
	return result, err
}

// conclude judges a run that was made, and writes its reports whatever else fails.
func conclude(ctx context.Context, b *workbench.Bench, f *runFlags, by *workbench.Judgement, result *reports.Run,
	guard format.Guard) error {
	result.Settings.Formats, result.Settings.Scored, result.Settings.Faults = f.files.Formats, f.judging.Scored, f.where.Faults
	if f.unexpectedPass == reports.UnexpectedPassFails {
		result.Settings.UnexpectedPass = f.unexpectedPass
	}
	result.ApplyKnown(by.Known, b.Now())
	result.ReportWaivers(by.Waivers)
	result.Judge(b.Facts, b.Now())
	if f.history != "" {
		remember(ctx, b, f.history, result)
	}
	to := f.files.Writer(guard)
	to.Anew = true
	b.KeepProfile(by, f.judging.Profile, result, to)
	return b.Finish(result, f.files.Formats, to)
}

// remember tells a run of earlier nights, in a folder or a bucket.
func remember(ctx context.Context, b *workbench.Bench, history string, result *reports.Run) {
	var earlier []*nights.Night
	var skipped []string
	folder, done, err := bucket.Open(context.WithoutCancel(ctx), history, b.Getenv)
	if err == nil {
		defer done()
		earlier, skipped, err = nights.Read(folder)
	}
	if err != nil {
		b.Say("no history: %v", err) // a first night has none
	}
	nights.Remember(result, earlier, skipped)
}

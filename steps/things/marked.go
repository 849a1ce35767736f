package things

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/google/uuid"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps"
)

func markedSentences() []steps.Definition {
	const area = "reading"
	return []steps.Definition{
		steps.Define(area, `the request has a mark of its own`,
			"Names a person of its own in the prepared body, or puts a text that stands nowhere else into each free member of it.", markRequest),
		steps.Define(area, `nothing with that mark is listed`,
			"Lists the things of the kind that the operation makes and finds none that shows the mark.", nothingMarked),
	}
}

// marked is the text by which a thing would be known that the request made.
type marked struct{ text string }

// markRequest gives a thing a holder that has no other, else marks the free object of a body, else its address and the
// texts that nothing more is documented of: what is valid stays so.
func markRequest(ctx context.Context, w *steps.World, draft *scene.Draft) error {
	for _, field := range draft.Operation.Body.Fields {
		if field.Fixture == "enduser" {
			holder, err := w.Scene.Fresh(ctx, "primary", "enduser", nil)
			if err == nil {
				steps.State[marked](w).text = holder.ID
				scene.SetMember(draft.Body, field.Name, holder.ID)
			}
			return err
		}
	}
	mark := client.Mark + uuid.NewString()
	if draft.Operation.Field("metadata") != nil {
		scene.SetMember(draft.Body, "metadata.mark", mark)
	} else {
		for _, field := range draft.Operation.Body.Fields {
			was, text := draft.Body[field.Name].(string)
			if text && strings.HasPrefix(was, "http") {
				scene.SetMember(draft.Body, field.Name, was+"?mark="+mark)
			} else if text && field.Fixture == "" && field.Format == "" && field.Pattern == "" && len(field.Enum) == 0 {
				scene.SetMember(draft.Body, field.Name, mark)
			}
		}
	}
	steps.State[marked](w).text = mark
	return nil
}

func nothingMarked(ctx context.Context, w *steps.World) error {
	if !w.Refused() {
		return nil
	}
	operation := w.Draft.Operation
	list := steps.Lister(w, operation.Creates)
	if list == nil {
		return &scene.NotTestable{Why: "no documented operation lists what \"" + operation.Title + "\" makes"}
	}
	as := w.Session.Client.Caller(list)
	found := ""
	look := func(items []map[string]any) bool {
		for _, item := range items {
			if strings.Contains(fmt.Sprint(item), steps.State[marked](w).text) {
				found = scene.ID(item)
			}
		}
		return found == ""
	}
	if err := everyEntry(ctx, w, list, as, look); err != nil {
		return err
	}
	w.Expect(found == "", evidence.Assertion{Check: "a refused request makes nothing", Fact: w.Own(contract.Effect),
		Message: fmt.Sprintf("%q was refused and made a thing all the same", operation.Title), Expected: "no entry with the mark",
		Actual: "an entry with the mark, of the id " + found})
	return nil
}

// everyEntry hands the entries of a list to a look at them, the newest first where the list can be asked for that, until
// it has seen enough.
func everyEntry(ctx context.Context, w *steps.World, list *contract.Operation, as string, look func(items []map[string]any) bool) error {
	if list.Takes("limit") && list.Takes("offset") {
		_, _, err := Walk(ctx, w, list, as, url.Values{"order": {"desc"}}, look)
		return err
	}
	items, err := w.Scene.List(ctx, list.ID, as, nil)
	if err != nil || !look(items) {
		return err
	}
	return w.Scene.Beyond(ctx, list.ID, as, IDs(items), look)
}

package service

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"sluss"
	"sluss/ledger"
	"sluss/registries/avfallsregistret"
)

// search compares an extract with the ledger.
type search struct {
	report  Extracted
	rows    []avfallsregistret.Extracted // that are no receipts of ours
	waiting []ledger.Filing
	sent    map[sluss.FilingID][]ledger.Sent // by filing
	order   []sluss.FilingID
	sure    map[sluss.FilingID][]avfallsregistret.Extracted // by filing
	maybe   map[sluss.FilingID][]avfallsregistret.Extracted
	claims  map[string][]sluss.FilingID // avfalls id -> filings that might be it
	inFile  map[string]bool             // the ids of all notes of the file, in small letters
}

// open removes the notes that are our receipts, and finds the filings that wait.
func (s *search) open(ctx context.Context, l *ledger.Ledger, rows []avfallsregistret.Extracted) error {
	receipts, err := l.Receipts(ctx)
	if err != nil {
		return err
	}
	ours := map[string]ledger.FiledReceipt{}
	for _, r := range receipts {
		if r.Registry == sluss.Avfallsregistret {
			ours[strings.ToLower(r.ID)] = r
		}
	}
	var references []string
	seen := map[string]bool{}
	s.inFile = seen
	for _, row := range rows {
		id := strings.ToLower(row.AvfallsID)
		r, known := ours[id]
		switch {
		case known:
			s.report.Known++
			if r.By == "answer" && r.At.After(s.report.MadeAfter) {
				s.report.MadeAfter = r.At
			}
		case !seen[id]: // a note may have two lines, but is one
			s.rows = append(s.rows, row)
			references = append(references, row.Reference)
		}
		seen[id] = true
	}
	const page = 500
	for skip := 0; ; skip += page {
		list, err := l.Inbox(ctx, ledger.InboxFilter{Registry: sluss.Avfallsregistret, Limit: page, Skip: skip})
		if err != nil {
			return err
		}
		for _, f := range list {
			if f.Stage == sluss.StageUnknown {
				s.waiting = append(s.waiting, f)
			}
		}
		if len(list) < page {
			break
		}
	}
	ids := make([]sluss.FilingID, len(s.waiting))
	for i, f := range s.waiting {
		ids[i] = f.ID
	}
	all, err := l.Sent(ctx, sluss.Avfallsregistret, ids, references)
	if err != nil {
		return err
	}
	s.sent = map[sluss.FilingID][]ledger.Sent{}
	for _, one := range all {
		if s.sent[one.Filing] == nil {
			s.order = append(s.order, one.Filing)
		}
		s.sent[one.Filing] = append(s.sent[one.Filing], one)
	}
	return nil
}

// made sets when the file was made, as a person gives it, if that is possible.
func (s *search) made(at time.Time) error {
	switch {
	case at.IsZero():
		return nil
	case time.Until(at) > sluss.ClockSkew:
		return sluss.Faults{{Field: "made", Problem: at.Format(time.RFC3339) + " is still to come", Remedy: "say when the agency made the file"}}
	case at.Before(s.report.MadeAfter):
		return sluss.Faults{{
			Field:   "made",
			Problem: fmt.Sprintf("the file holds a note that the registry accepted at %s, after %s", s.report.MadeAfter.Format(time.RFC3339), at.Format(time.RFC3339)),
			Remedy:  "say when the agency made this file",
		}}
	}
	s.report.MadeAfter = at
	return nil
}

// compareAll compares every filing that waits with every note that is no receipt.
func (s *search) compareAll() error {
	s.sure, s.maybe, s.claims = map[sluss.FilingID][]avfallsregistret.Extracted{}, map[sluss.FilingID][]avfallsregistret.Extracted{}, map[string][]sluss.FilingID{}
	for _, f := range s.waiting {
		for _, sent := range s.sent[f.ID] {
			sure, maybe, err := avfallsregistret.InExtract(s.rows, sent.Content)
			if err != nil {
				return fmt.Errorf("%s: %w", f.ID, err)
			}
			if !sent.Last { // what was sent before the correction: a person must see it
				sure, maybe = nil, append(sure, maybe...)
			}
			s.sure[f.ID] = append(s.sure[f.ID], sure...)
			s.maybe[f.ID] = append(s.maybe[f.ID], maybe...)
		}
		for _, row := range slices.Concat(s.sure[f.ID], s.maybe[f.ID]) {
			if !slices.Contains(s.claims[row.AvfallsID], f.ID) {
				s.claims[row.AvfallsID] = append(s.claims[row.AvfallsID], f.ID)
			}
		}
	}
	return nil
}

// judge says what the file shows about a filing.
func (s *search) judge(f ledger.Filing) Searched {
	found := Searched{Filing: f.ID}
	for _, sent := range s.sent[f.ID] {
		if sent.At.After(found.Sent) {
			found.Sent = sent.At
		}
		if a := sent.Content.Amends; sent.Last && a != nil && a.Annul != "" {
			found.Result, found.Why = ExtractDoubtful, "it annuls a note, and the file does not show whether a note is annulled"
			found.Remedy = "look the note up in the registry's own web service, then decide taken or not-taken"
			return found
		}
	}
	var others []string
	candidates := slices.Concat(s.sure[f.ID], s.maybe[f.ID])
	for _, row := range candidates {
		note := LineOfFile{row.Line, row.AvfallsID}
		if !slices.Contains(found.Notes, note) {
			found.Notes = append(found.Notes, note)
		}
		for _, other := range s.claims[row.AvfallsID] {
			if other != f.ID && !slices.Contains(others, string(other)) {
				others = append(others, string(other))
			}
		}
	}
	switch sure, maybe := len(s.sure[f.ID]), len(s.maybe[f.ID]); {
	case len(s.sent[f.ID]) == 0:
		found.Result, found.Why = ExtractDoubtful, "the ledger does not have what was sent"
		found.Remedy = "look the note up in the registry's own web service, then decide taken or not-taken"
	case len(candidates) == 0 && s.report.MadeAfter.After(found.Sent.Add(settled)):
		found.Result = ExtractAbsent
		found.Why = fmt.Sprintf("no note of the file matches, and the file was made after %s: the registry did not accept it", s.report.MadeAfter.UTC().Format(time.RFC3339))
		found.Remedy = "decide not-taken: it is sent again"
	case len(candidates) == 0:
		found.Result = ExtractTooOld
		found.Why = "no note of the file matches, but the file may have been made less than an hour after it was sent"
		found.Remedy = "say when the agency made the file, or ask the agency for a newer one"
	case len(others) > 0:
		found.Result = ExtractDoubtful
		found.Why = "the same note might also match " + strings.Join(others, ", ")
		found.Remedy = "look at the notes, and decide each filing taken with its own id, or not-taken"
	case sure == 1 && maybe == 0:
		found.Result = ExtractTaken
		found.Why = "one note of the file matches, and no other might"
	case sure > 1:
		found.Result = ExtractDoubtful
		found.Why = fmt.Sprintf("%d notes of the file match: the registry accepted it more than once", sure)
		found.Remedy = "decide taken with one of the ids, and annul the others there as sent twice (SkickatDubbelt)"
	default:
		found.Result = ExtractDoubtful
		found.Why = fmt.Sprintf("%d notes of the file match and %d might: they differ in hours or places, or match what was sent before a correction", sure, maybe)
		found.Remedy = "look at the notes in the file, then decide taken with an id, or not-taken"
	}
	return found
}

// unclaimed reports the notes that belong to no filing, and double notes.
func (s *search) unclaimed() error {
	for _, row := range s.rows {
		if len(s.claims[row.AvfallsID]) > 0 {
			continue
		}
		note := Unclaimed{
			LineOfFile: LineOfFile{row.Line, row.AvfallsID}, Result: NoteStranger,
			Reference: row.Reference, Code: row.Code, Mass: row.Mass, Noted: row.Noted,
			Why: "it is not ours: it was filed in the web service or by another system",
		}
		for _, id := range s.order {
			for _, sent := range s.sent[id] {
				sure, maybe, err := avfallsregistret.InExtract([]avfallsregistret.Extracted{row}, sent.Content)
				if err != nil {
					return fmt.Errorf("%s: %w", id, err)
				}
				if len(sure) == 0 && (len(maybe) == 0 || note.Result == NoteDouble) {
					continue
				}
				note.Filing, note.Result = id, NoteDouble
				stands := "is " + string(sent.Stage)
				if sent.Receipt != nil {
					stands = "has the id " + cmp.Or(sent.Receipt.ID, "another note")
				}
				note.Why = "it reports the same as " + string(id) + ", which " + stands
				note.Remedy = s.instead(sent, row.AvfallsID)
				if len(sure) == 0 {
					note.Result = NotePerhaps
					note.Why = "it may report the same as " + string(id) + ", which " + stands
				}
				switch {
				case !s.has(sent.Receipt):
					note.Result = NotePerhaps
				case len(sure) == 0:
					note.Remedy = "look at both, and annul one if they are double"
				default:
					note.Remedy = "annul it there as sent twice (SkickatDubbelt)"
				}
			}
		}
		if note.Result != NoteStranger {
			s.report.Doubles++
		}
		s.report.Notes = append(s.report.Notes, note)
	}
	return nil
}

// has tells whether the file has the note of a receipt.
func (s *search) has(r *sluss.Receipt) bool { return r != nil && s.inFile[strings.ToLower(r.ID)] }

// instead is what to do about a note that reports the same as a filing whose own note is not
// in the file: it may be the only one there is.
func (s *search) instead(sent ledger.Sent, note string) string {
	const only = "do not annul it: the file does not have another note of that filing. "
	if sent.Receipt != nil && sent.Receipt.Status == string(sluss.DecidedTaken) {
		return only + fmt.Sprintf("If the receipt was typed wrong, `starter decide %s taken --receipt %s --replace` puts it right", strings.TrimPrefix(string(sent.Filing), "filing/"), note)
	}
	return only + "Look at both in the registry's own web service, or ask the agency for a newer file"
}

package autosys

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"sluss"
)

const (
	// shortestPause keeps a Retry-After of no time at all from becoming a storm.
	shortestPause = 10 * time.Second
	// hintlessPause follows a 429 without Retry-After. The registry documents 429 for the day's quota, but it usually
	// means a burst. Asking every ten minutes costs at most 0.3 % of a day's quota; waiting until midnight would cost
	// a lorry its day.
	hintlessPause = 10 * time.Minute
	// longestPause is a little more than the longest day: no quota lasts longer, whatever the header says.
	longestPause = 25*time.Hour + 5*time.Minute
	// pastMidnight allows for clocks that differ: a call just before the registry's midnight would wait for another day.
	pastMidnight = time.Minute
)

// hinders says whether an answer means that asking for the next vehicle is pointless, too.
func hinders(a Answer) bool {
	switch a.(type) {
	case KeyRefused, QuotaSpent, Unavailable:
		return true
	}
	return false
}

// outcome gives the filing its outcome from the registry's answers about its vehicles, at the given time in Oslo. An
// answer that hinders the verdict is the last one. Its error is ErrOperator or ErrUnavailable.
func outcome(s sluss.Submission, policy Policy, day time.Time, checked []Checked, at time.Time) (sluss.Outcome, error) {
	if len(checked) > 0 {
		switch answer := checked[len(checked)-1].Answer.(type) {
		case KeyRefused:
			return sluss.Outcome{}, fmt.Errorf("%w: the vehicle registry refuses our API key (status %d): check key_file or %s, and order a new key if it was blocked",
				sluss.ErrOperator, answer.Status, KeyVariable)
		case QuotaSpent:
			return spent(answer, at), nil
		case Unavailable:
			return unavailable(answer, at)
		}
	}
	return verdict(s, policy, day, checked, at), nil
}

func spent(answer QuotaSpent, at time.Time) sluss.Outcome {
	until, said := answer.RetryAfter.From(at)
	switch {
	case said:
		until = within(until, at)
	case answer.Status == http.StatusUnprocessableEntity:
		until = midnight(at).Add(pastMidnight)
	default:
		until = at.Add(hintlessPause)
	}
	return sluss.Outcome{
		Kind: sluss.Deferred, NotBefore: until, Throttled: true,
		Detail: fmt.Sprintf("the vehicle registry says that the quota of our key is spent (status %d)", answer.Status),
	}
}

func unavailable(answer Unavailable, at time.Time) (sluss.Outcome, error) {
	if answer.Status == http.StatusGone || answer.Status/100 == 3 {
		return sluss.Outcome{}, fmt.Errorf("%w: the vehicle registry is no longer at this address (status %d): set base_url to its new one",
			sluss.ErrOperator, answer.Status)
	}
	if until, said := answer.RetryAfter.From(at); said {
		return sluss.Outcome{Kind: sluss.Deferred, Detail: answer.Reason, NotBefore: within(until, at), Throttled: true}, nil
	}
	return sluss.Outcome{}, fmt.Errorf("%w: %s", sluss.ErrUnavailable, answer.Reason)
}

// within limits a pause that the registry asks for to a plausible one.
func within(until, at time.Time) time.Time {
	switch {
	case until.Before(at.Add(shortestPause)):
		return at.Add(shortestPause)
	case until.After(at.Add(longestPause)):
		return at.Add(longestPause)
	}
	return until
}

// midnight is the end of the given time's calendar day in its own zone.
func midnight(at time.Time) time.Time {
	year, month, day := at.Date()
	return time.Date(year, month, day+1, 0, 0, 0, 0, at.Location())
}

// verdict is the outcome if all vehicles were answered for. Only a refusal rejects, and the outcome has its reasons; the
// clearance has the warnings, too.
func verdict(s sluss.Submission, policy Policy, day time.Time, checked []Checked, at time.Time) sluss.Outcome {
	carried := load(s)
	clearance, refusals := policy.weigh(judge(carried, day, checked))
	clearance.Day, clearance.Load, clearance.With = day, carried.Mass, carried.With
	if clearance.Verdict == sluss.Stop {
		detail := "these vehicles may not carry this load"
		if carried.None {
			detail = "the registry has no data about these vehicles"
		}
		return sluss.Outcome{Kind: sluss.Rejected, Reasons: refusals, Clearance: &clearance, Detail: detail}
	}
	detail := ""
	switch {
	case len(checked) == 0:
		detail = "no Norwegian vehicle on this leg"
	case clearance.Verdict == sluss.Warning:
		detail = fmt.Sprintf("cleared with warnings (%d), the first: %s", len(clearance.Reasons), clearance.Reasons[0].Message)
	}
	hash := strings.TrimPrefix(s.Content.Hash(), "sha256:")
	return sluss.Outcome{
		Kind: sluss.Accepted, Clearance: &clearance, Detail: detail,
		Receipt: &sluss.Receipt{
			Registry: sluss.Autosys, ID: fmt.Sprintf("clearance-%.12s-%s", hash, day.Format(time.DateOnly)),
			Status: string(clearance.Verdict), At: at,
		},
	}
}

// withoutResponse says what a call without a response means. If the call was sent, its answer was lost; if not, the
// cause decides who can help.
func withoutResponse(err error, left, first bool) (Answer, error) {
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return nil, fmt.Errorf("%w: the certificate of the vehicle registry is not trusted: check base_url and this machine's certificate authorities: %w", sluss.ErrOperator, err)
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok || errors.Is(err, http.ErrSchemeMismatch) {
		return nil, fmt.Errorf("%w: the vehicle registry's address does not answer with TLS: check base_url: %w", sluss.ErrOperator, err)
	}
	if !left && first {
		return nil, fmt.Errorf("%w: the vehicle registry cannot be reached: %w", sluss.ErrNotSent, err)
	}
	reason := "the connection to the vehicle registry broke off before it answered"
	if timeout, ok := errors.AsType[net.Error](err); errors.Is(err, context.DeadlineExceeded) || ok && timeout.Timeout() {
		reason = "the vehicle registry did not answer in time"
	}
	if !left {
		reason = "the vehicle registry could not be reached again"
	}
	return Unavailable{Reason: reason}, nil
}

package avfallsregistret

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"sluss"
)

// Bounds of the pause that follows a refusal to take calls now.
const (
	defaultPause = time.Minute
	longestPause = 24 * time.Hour
)

// outcome interprets the result of one submission, and is the only function that
// does. Its errors are ErrNotSent and ErrOperator; both mean that the registry did
// not accept anything.
func outcome(r reply, m message) (sluss.Outcome, error) {
	if r.Status == 0 {
		return withoutAnswer(r)
	}
	fault, faulted := readGatewayFault(r.Body)
	switch r.Status {
	case http.StatusOK, http.StatusCreated, http.StatusNoContent:
		return taken(r, m)
	case http.StatusBadRequest:
		return refused(r, m, fault, faulted)
	case http.StatusNotFound, http.StatusConflict, http.StatusGone, http.StatusUnprocessableEntity:
		// That the registry answers 400 if it refuses to change a note is only inferred.
		if !faulted && r.Err == nil && m.notChanged(r.Body) {
			return refused(r, m, fault, faulted)
		}
		if r.Status == http.StatusNotFound {
			return sluss.Outcome{}, fmt.Errorf("%w: there is no such address (404%s): check base_url", sluss.ErrOperator, fault)
		}
	case http.StatusUnauthorized:
		return sluss.Outcome{}, fmt.Errorf("%w: the gateway does not accept our certificate or token, not even a fresh one (401%s): check key, secret and certificate of this environment", sluss.ErrOperator, fault)
	case http.StatusForbidden:
		return sluss.Outcome{}, fmt.Errorf("%w: the gateway forbids the call (403%s): check that the application subscribes to the note API", sluss.ErrOperator, fault)
	case http.StatusMethodNotAllowed, http.StatusNotAcceptable, http.StatusLengthRequired, http.StatusRequestEntityTooLarge,
		http.StatusRequestURITooLong, http.StatusUnsupportedMediaType, http.StatusMisdirectedRequest, http.StatusRequestHeaderFieldsTooLarge:
		return sluss.Outcome{}, fmt.Errorf("%w: the gateway does not accept such a call (%d%s): has the registry's contract changed?", sluss.ErrOperator, r.Status, fault)
	case http.StatusTooManyRequests:
		return throttled(r, "the registry asks for fewer calls"), nil
	case http.StatusServiceUnavailable:
		// Retry-After, or the gateway's own code for suspended or throttled, says that
		// the call was not passed on. A 503 with neither does not.
		if r.Header.Get("Retry-After") != "" || fault.code == 303001 || fault.code/100 == 9008 {
			return throttled(r, "the registry is out of service"), nil
		}
	}
	if faulted && r.Status/100 == 4 && fault.code/1000 == 900 {
		return sluss.Outcome{}, fmt.Errorf("%w: the gateway refused the call (%d%s)", sluss.ErrOperator, r.Status, fault)
	}
	return unknown("the registry answered %d%s: it may or may not have accepted the note", r.Status, fault)
}

// notChanged reports whether a body is the registry's own refusal to change a note,
// and not the gateway's: it has codes, or at least a title.
func (m message) notChanged(body []byte) bool {
	answer, codes, ok := readFelsvar(body)
	return ok && m.replaces+m.annuls != "" && (len(codes) > 0 || answer.Title != "")
}

// taken reads an answer of success. The answer to a note must hold a waste id. The
// answer to an annulment has no body; with a body it proves nothing.
func taken(r reply, m message) (sluss.Outcome, error) {
	receipt := &sluss.Receipt{Registry: sluss.Avfallsregistret, ID: m.annuls, At: r.Ended}
	if m.annuls != "" {
		if r.Err != nil || len(bytes.TrimSpace(r.Body)) > 0 || r.Status == http.StatusCreated {
			return unknown("the registry answered %d to the annulment, but not as it does when it has annulled", r.Status)
		}
		receipt.Status = statusAnnulled
		return sluss.Outcome{Kind: sluss.Accepted, Receipt: receipt}, nil
	}
	id, ok := readWasteID(r.Body)
	if !ok || r.Err != nil || r.Status == http.StatusNoContent {
		return unknown("the registry answered %d but gave no waste id", r.Status)
	}
	receipt.ID = id
	return sluss.Outcome{Kind: sluss.Accepted, Receipt: receipt}, nil
}

func unknown(format string, args ...any) (sluss.Outcome, error) {
	return sluss.Outcome{Kind: sluss.Unknown, Detail: fmt.Sprintf(format, args...)}, nil
}

// withoutAnswer is the outcome of a call without an answer. It distinguishes calls
// that did not leave, or were refused in the handshake, from calls that may have
// arrived.
func withoutAnswer(r reply) (sluss.Outcome, error) {
	var verification *tls.CertificateVerificationError
	var noTLS tls.RecordHeaderError
	switch {
	case r.Err == nil:
		return unknown("the registry gave no answer")
	case certificateRefused(r.Err):
		return sluss.Outcome{}, fmt.Errorf("%w: the registry does not accept our certificate: %w", sluss.ErrOperator, r.Err)
	case r.Sent:
		return unknown("the call was made and its answer was lost: it may or may not have arrived")
	case errors.As(r.Err, &verification):
		return sluss.Outcome{}, fmt.Errorf("%w: the registry's own certificate is not trusted: check base_url and authority_file: %w", sluss.ErrOperator, r.Err)
	case errors.As(r.Err, &noTLS), errors.Is(r.Err, http.ErrSchemeMismatch):
		return sluss.Outcome{}, fmt.Errorf("%w: there is no HTTPS at that address: check base_url: %w", sluss.ErrOperator, r.Err)
	default:
		return sluss.Outcome{}, fmt.Errorf("%w: %w", sluss.ErrNotSent, r.Err)
	}
}

// certificateRefused reports whether the server ended the handshake with an alert
// because of our certificate. Under TLS 1.3 the alert arrives after we have
// written, but a server that sends it has read nothing of the call.
func certificateRefused(err error) bool {
	var alert *net.OpError
	if !errors.As(err, &alert) || alert.Op != "remote error" || alert.Err == nil {
		return false
	}
	text := alert.Err.Error()
	return strings.Contains(text, "certificate") || strings.Contains(text, "access denied") || strings.Contains(text, "handshake failure")
}

// refused reads an answer 400: the registry's list of codes, its error without
// codes, or the gateway's refusal. In all cases nothing was accepted, except that
// the registry's own "unknown error" leaves it open.
func refused(r reply, m message, fault gatewayFault, faulted bool) (sluss.Outcome, error) {
	answer, codes, ok := readFelsvar(r.Body)
	if !ok || faulted {
		if r.Err != nil {
			return unknown("the registry answered 400, cut short")
		}
		return sluss.Outcome{}, fmt.Errorf("%w: the gateway refused the call (400%s): check base_url and system_id", sluss.ErrOperator, fault)
	}
	if len(codes) == 0 {
		original := strings.TrimSpace(strings.Join([]string{answer.Title, answer.Message, answer.Detail}, " "))
		if m.annuls != "" {
			return rejected([]sluss.Reason{{
				Message: "the registry did not annul the note and gave no code", Original: original,
				Remedy: "look the note up in the registry's own web service: it may already be annulled or corrected, or belong to another company",
			}})
		}
		return rejected([]sluss.Reason{{
			Message: "the registry refused the note and gave no code", Original: original,
			Remedy: "ask an engineer to look at the recorded answer; or report in the registry's own web service and withdraw this filing",
		}})
	}
	if len(codes) == 1 && codes[0].number() == 1000 && !strings.Contains(strings.ToLower(codes[0].Message), "validering") {
		return unknown("the registry answered with its error 1000, unknown error")
	}
	var reasons []sluss.Reason
	mendable := false
	for _, line := range codes {
		reasons = append(reasons, m.reasonsOf(line)...)
		mendable = mendable || !m.aboutReporter(line)
	}
	if !mendable {
		return sluss.Outcome{}, fmt.Errorf("%w: the registry refuses the reporter: %s (%s): check reporter in the configuration against the certificate and the application", sluss.ErrOperator, reasons[0].Message, reasons[0].Code)
	}
	return rejected(reasons)
}

func rejected(reasons []sluss.Reason) (sluss.Outcome, error) {
	return sluss.Outcome{Kind: sluss.Rejected, Reasons: reasons}, nil
}

func throttled(r reply, detail string) sluss.Outcome {
	return sluss.Outcome{
		Kind: sluss.Deferred, Throttled: true, Detail: detail,
		NotBefore: r.Ended.Add(pause(r.Header.Get("Retry-After"), r.Ended)),
	}
}

// pause reads Retry-After, in seconds or as an HTTP date. The result is at least a
// second and at most a day, or a minute if the header is missing or cannot be read.
func pause(header string, now time.Time) time.Duration {
	header = strings.TrimSpace(header)
	if n, err := strconv.ParseUint(header, 10, 32); err == nil {
		return min(max(time.Duration(n)*time.Second, time.Second), longestPause)
	}
	if moment, err := http.ParseTime(header); err == nil {
		return min(max(moment.Sub(now), time.Second), longestPause)
	}
	return defaultPause
}

// readWasteID reads the id of an accepted note. Its key is "avfallId" today, and
// "AvfallsId" in an older example of the agency, in upper or lower case.
func readWasteID(body []byte) (id string, ok bool) {
	var answer struct {
		AvfallID  string `json:"avfallId"`
		AvfallsID string `json:"avfallsId"`
	}
	if json.Unmarshal(body, &answer) != nil || answer.AvfallID != "" && answer.AvfallsID != "" {
		return "", false
	}
	id = answer.AvfallID + answer.AvfallsID
	return id, validGUID(id)
}

// gatewayFault is an error of the gateway, by the convention of WSO2.
type gatewayFault struct {
	code    int
	message string
}

// String is the fault in the middle of a sentence.
func (f gatewayFault) String() string {
	if f.message == "" {
		return ""
	}
	return fmt.Sprintf(", %d %s", f.code, f.message)
}

// readGatewayFault reads {"fault":{...}} or <ams:fault>. ok is false for anything
// else, such as HTML.
func readGatewayFault(body []byte) (fault gatewayFault, ok bool) {
	var object struct {
		Fault *struct {
			Code    json.Number `json:"code"`
			Message string      `json:"message"`
		} `json:"fault"`
	}
	if json.Unmarshal(body, &object) == nil && object.Fault != nil {
		code, err := strconv.Atoi(object.Fault.Code.String())
		return gatewayFault{code, object.Fault.Message}, err == nil
	}
	var element struct {
		XMLName xml.Name `xml:"fault"`
		Code    int      `xml:"code"`
		Message string   `xml:"message"`
	}
	if xml.Unmarshal(body, &element) == nil {
		return gatewayFault{element.Code, element.Message}, true
	}
	return gatewayFault{}, false
}

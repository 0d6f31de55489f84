package config

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"strings"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/proxy"
	"go.temporal.io/sdk/converter"
	"google.golang.org/protobuf/proto"

	"sluss/guard"
)

const (
	encrypted   = "binary/encrypted"  // the encoding of payloads that the codec has encrypted
	metadataKey = "encryption-key-id" // the metadata that names their key
)

// MissingKeyError is the error about a payload whose key is not configured: an operator
// can help, and nothing is lost until then.
type MissingKeyError struct {
	ID   string   // of the payload's key
	Have []string // those of the keys that are configured
}

func (m MissingKeyError) Error() string {
	return fmt.Sprintf("a payload is encrypted with the key %s, and the keys here are %s: add that key to temporal.encryption_key_file (or SLUSS_ENCRYPTION_KEY)",
		m.ID, strings.Join(m.Have, ", "))
}

// codec encrypts workflow payloads with AES-256-GCM: they hold names and plates,
// which must not be readable in Temporal's database.
type codec struct{ keys keys }

// Encode encrypts each payload whole, its metadata with it, with the first key.
func (c codec) Encode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	sealed := make([]*commonpb.Payload, len(payloads))
	with := c.keys[0]
	for i, p := range payloads {
		plain, err := proto.Marshal(p)
		if err != nil {
			return payloads, err
		}
		nonce := make([]byte, with.gcm.NonceSize())
		if _, err := rand.Read(nonce); err != nil {
			return payloads, err
		}
		sealed[i] = &commonpb.Payload{
			Metadata: map[string][]byte{converter.MetadataEncoding: []byte(encrypted), metadataKey: []byte(with.id)},
			Data:     with.gcm.Seal(nonce, nonce, plain, nil),
		}
	}
	return sealed, nil
}

// Decode is the inverse; payloads that were never encrypted pass as they are.
func (c codec) Decode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	plain := make([]*commonpb.Payload, len(payloads))
	for i, p := range payloads {
		if !isEncrypted(p) {
			plain[i] = p
			continue
		}
		var err error
		if plain[i], err = c.open(p); err != nil {
			return payloads, err
		}
	}
	return plain, nil
}

func isEncrypted(p *commonpb.Payload) bool {
	return string(p.GetMetadata()[converter.MetadataEncoding]) == encrypted
}

// open decrypts one payload.
func (c codec) open(p *commonpb.Payload) (*commonpb.Payload, error) {
	id := string(p.GetMetadata()[metadataKey])
	with, known := c.keys.find(id)
	if !known {
		return nil, MissingKeyError{id, c.keys.ids()}
	}
	size := with.gcm.NonceSize()
	if len(p.GetData()) < size {
		return nil, fmt.Errorf("an encrypted payload of %d bytes is cut short", len(p.GetData()))
	}
	data, err := with.gcm.Open(nil, p.GetData()[:size], p.GetData()[size:], nil)
	if err != nil {
		return nil, fmt.Errorf("a payload says that it is encrypted with the key %s, and is not: it was changed on the way, or forged", id)
	}
	plain := &commonpb.Payload{}
	return plain, proto.Unmarshal(data, plain)
}

// codec is nil if payloads are not encrypted.
func (t Temporal) codec() (*codec, error) {
	all, err := t.keys()
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &codec{all}, nil
}

// shown is a codec for displaying payloads: if one payload cannot be decrypted, the
// others still are.
type shown struct{ codec }

// Decode replaces a payload that cannot be decrypted by the error.
func (s shown) Decode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	plain := make([]*commonpb.Payload, len(payloads))
	for i, p := range payloads {
		one, err := s.codec.Decode([]*commonpb.Payload{p})
		if err == nil {
			plain[i] = one[0]
			continue
		}
		if plain[i], err = converter.GetDefaultDataConverter().ToPayload("cannot be shown: " + err.Error()); err != nil {
			return nil, err
		}
	}
	return plain, nil
}

// CodecHandler decrypts payloads for the Temporal UI, which runs at origin, and
// refuses requests of other pages. Serve it on loopback, or behind the organisation's
// own log-in: everybody who can reach it can read the payloads. Hosts are further
// host names under which it can be reached. It is nil if payloads are not encrypted.
func (t Temporal) CodecHandler(origin string, hosts ...string) (http.Handler, error) {
	c, err := t.codec()
	if err != nil || c == nil {
		return nil, err
	}
	serve := converter.NewPayloadCodecHTTPHandler(shown{*c})
	door := guard.Guard{Hosts: hosts, Origins: []string{origin}}
	return door.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", origin)
		w.Header().Set("Access-Control-Allow-Headers", "Content-Type, X-Namespace, Authorization")
		w.Header().Set("Access-Control-Allow-Methods", "POST, OPTIONS")
		if r.Method == http.MethodOptions {
			return
		}
		serve.ServeHTTP(w, r)
	})), nil
}

// Decrypt decrypts the encrypted payloads of a Temporal message. The error names a missing key.
func (t Temporal) Decrypt(ctx context.Context, message proto.Message) error {
	c, err := t.codec()
	if err != nil || c == nil {
		return err
	}
	return proxy.VisitPayloads(ctx, message, proxy.VisitPayloadsOptions{
		SkipSearchAttributes: true,
		Visitor: func(_ *proxy.VisitPayloadsContext, payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
			return c.Decode(payloads)
		},
	})
}

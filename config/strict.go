package config

import (
	"context"
	"errors"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/workflow"
)

// ErrPlain refuses an unencrypted payload, which anybody with access to Temporal may have written.
var ErrPlain = errors.New("the payload is not encrypted, and only encrypted ones are taken here: send it with starter or the API, or name the codec server in the Temporal UI (or with --codec-endpoint of its CLI)")

// strictCodec accepts only payloads that were encrypted with one of our keys.
type strictCodec struct {
	codec
	inWorkflow bool
}

// Decode fails on unencrypted payloads. If a key is missing, the payload is valid,
// and in a workflow Decode panics: Temporal shows a failed workflow task and retries
// it until the key is there. An error would end a workflow that has just begun, or
// lose a signal.
func (s strictCodec) Decode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	plain := make([]*commonpb.Payload, len(payloads))
	for i, p := range payloads {
		if !isEncrypted(p) {
			return payloads, ErrPlain
		}
		var err error
		if plain[i], err = s.open(p); err != nil {
			if missing := (MissingKeyError{}); s.inWorkflow && errors.As(err, &missing) {
				panic(missing)
			}
			return payloads, err
		}
	}
	return plain, nil
}

// strict converts payloads by a strict codec. It implements workflow.ContextAware.
type strict struct {
	converter.DataConverter
	workflows converter.DataConverter // what workflows convert by
}

func newStrict(c codec) strict {
	convert := func(inWorkflow bool) converter.DataConverter {
		return converter.NewCodecDataConverter(converter.GetDefaultDataConverter(), strictCodec{c, inWorkflow})
	}
	return strict{convert(false), strict{DataConverter: convert(true)}}
}

// WithWorkflowContext is how workflows convert.
func (s strict) WithWorkflowContext(workflow.Context) converter.DataConverter {
	if s.workflows == nil {
		return s
	}
	return s.workflows
}

// WithContext is how all others do.
func (s strict) WithContext(context.Context) converter.DataConverter { return s }

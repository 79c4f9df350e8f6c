package main

import "context"

func (m *Main) php(ctx context.Context, args []string) error { return usagef("not yet") }

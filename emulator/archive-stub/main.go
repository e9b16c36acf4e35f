// Command archive-provider is a small stand-in for hashicorp/archive on machines where no Terraform
// registry answers. It serves the archive_file data source and nothing else, and is meant for the
// local environment only; see [provider.StandInVariable].
package main

import (
	"context"
	"log"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"lambda-metronome/archive-provider/internal/provider"
)

// address is the provider whose place the stand-in takes.
const address = "registry.terraform.io/hashicorp/archive"

func main() {
	options := providerserver.ServeOpts{Address: address, ProtocolVersion: 5}
	if err := providerserver.Serve(context.Background(), provider.New, options); err != nil {
		log.Fatal(err)
	}
}

# What is done with AWS: needs the AWS CLI with credentials, except the checks at the end.
STACK ?= vpccidr
BOT_STACK ?= vpccidr-bot
LINT_VENV := .venv-infra
MINISTACK_VENV := .venv-ministack
TEMPLATES := infra/vpccidr.yaml infra/bot.yaml

.PHONY: deploy deploy-bot settings destroy lint-infra ministack lock-infra

# make deploy PARAMETERS="FlowLogsBucket=amzn-s3-demo-bucket"; a parameter that is not named keeps its value.
deploy:
	aws cloudformation deploy --stack-name $(STACK) --template-file infra/vpccidr.yaml \
		--capabilities CAPABILITY_IAM --no-fail-on-empty-changeset \
		$(if $(PARAMETERS),--parameter-overrides $(PARAMETERS))

# make deploy-bot PARAMETERS="Image=..."; the same command with a new image updates the bot.
deploy-bot:
	aws cloudformation deploy --stack-name $(BOT_STACK) --template-file infra/bot.yaml \
		--capabilities CAPABILITY_IAM --no-fail-on-empty-changeset \
		--parameter-overrides DataStack=$(STACK) $(PARAMETERS)

settings:
	@aws cloudformation describe-stacks --stack-name $(STACK) --output text \
		--query "Stacks[0].Outputs[?OutputKey=='Environment'].OutputValue"

destroy:
	$(PYTHON) -m infra.destroy $(if $(YES),--yes) $(BOT_STACK) $(STACK)

lint-infra: $(LINT_VENV)/.made
	$(LINT_VENV)/bin/cfn-lint $(TEMPLATES)
	$(LINT_VENV)/bin/checkov --skip-download --quiet --compact --framework cloudformation secrets -f $(TEMPLATES)

# The tests marked `ministack` run where this has been made.
ministack: $(MINISTACK_VENV)/.made

$(LINT_VENV)/.made: infra/lint-requirements.lock
$(MINISTACK_VENV)/.made: infra/ministack-requirements.lock

$(LINT_VENV)/.made $(MINISTACK_VENV)/.made:
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/pip install -q --disable-pip-version-check --require-hashes -r $<
	touch $@

lock-infra:
	$(LOCK) -o infra/lint-requirements.lock infra/lint-requirements.in
	$(LOCK) -o infra/ministack-requirements.lock infra/ministack-requirements.in

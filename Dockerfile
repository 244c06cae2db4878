FROM python:3.13-slim AS build
WORKDIR /src
COPY requirements.lock ./
RUN python -m venv /opt/vpccidr \
    && /opt/vpccidr/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md ./
COPY infra/build_lines.py ./infra/
COPY bot ./bot
COPY sql ./sql
RUN /opt/vpccidr/bin/pip install --no-cache-dir --no-deps .

FROM python:3.13-slim
RUN useradd --system --create-home --uid 10001 vpccidr \
    && install -d -o vpccidr -g vpccidr /data
COPY --from=build /opt/vpccidr /opt/vpccidr
ENV PATH=/opt/vpccidr/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    VPCCIDR_DATA_DIR=/data
USER vpccidr
VOLUME /data
ENTRYPOINT ["vpccidr"]
CMD ["serve"]

FROM python:3.13-slim
COPY pyproject.toml README.md LICENSE constraints.txt /source/
COPY custanalytics /source/custanalytics
COPY reports /source/reports
COPY sample_data /source/sample_data
RUN pip install --no-cache-dir -c /source/constraints.txt /source && rm -r /source
RUN useradd --create-home analyst
USER analyst
WORKDIR /work
ENTRYPOINT ["custanalytics"]
